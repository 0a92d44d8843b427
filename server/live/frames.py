"""Finished WebSocket text frames (RFC 6455, section 5.2), unmasked and uncompressed, as a server sends them."""


def header(size: int) -> bytes:
    """The header of a text frame with a payload of `size` bytes."""
    if size < 126:
        return bytes((0x81, size))
    if size < 65536:
        return bytes((0x81, 126)) + size.to_bytes(2, "big")
    return bytes((0x81, 127)) + size.to_bytes(8, "big")
