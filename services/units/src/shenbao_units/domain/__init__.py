"""Rules of employers and their sub-accounts: functions of values."""
