"""Personal data as pages show it to whoever looks over a shoulder (S0-35)."""


def name(text: str) -> str:
    """With an asterisk for the first character: 张三 is *三."""
    return f"*{text[1:]}" if text else ""


def number(text: str) -> str:
    """Its first and last character only: 3*****4."""
    return f"{text[0]}*****{text[-1]}" if len(text) > 2 else text
