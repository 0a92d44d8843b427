"""Headers for the collector, as one setting holds them."""


def headers_in(text: str) -> dict[str, str]:
    """`name=value,name=value` as OpenTelemetry writes headers. Raises `ValueError` for what is not that."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not (name.strip() and sign) for name, sign, _ in pairs):
        raise ValueError("give headers as name=value, with commas")
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
