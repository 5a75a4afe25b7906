"""Rules of review: where a case goes, who decides, who reads. Plain Python."""
