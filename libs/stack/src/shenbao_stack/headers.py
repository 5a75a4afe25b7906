"""What a page's answer tells the browser to refuse."""

from collections.abc import Mapping


def headers_missing(headers: Mapping[str, str]) -> list[str]:
    """What an answer of the portal fails to forbid a browser (checklist 24)."""
    found = {name.lower(): value for name, value in headers.items()}
    policy = found.get("content-security-policy", "")
    wanted = {
        "no foreign script": "script-src 'self';" in policy and "unsafe" not in policy,
        "no frame": "frame-ancestors 'none'" in policy and found.get("x-frame-options") == "DENY",
        "no base": "base-uri 'none'" in policy,
        "no guess of the type": found.get("x-content-type-options") == "nosniff",
        "no copy": "no-store" in found.get("cache-control", ""),
        "no address to others": found.get("referrer-policy") == "same-origin",
    }
    return [name for name, is_there in wanted.items() if not is_there]
