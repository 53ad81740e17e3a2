"""Bodies of requests, cut off at a limit while they arrive."""

from collections.abc import AsyncGenerator, AsyncIterable

from plumbing.errors import BadInput


async def limited(chunks: AsyncIterable[bytes], limit: int) -> AsyncGenerator[bytes, None]:
    """The chunks as they come. Raises BadInput BODY_TOO_LARGE (413) once they pass `limit` bytes."""
    n_bytes = 0
    async for chunk in chunks:
        n_bytes += len(chunk)
        if n_bytes > limit:
            raise BadInput("BODY_TOO_LARGE", "内容过大，请缩短后重发。", status=413)
        yield chunk


async def read(chunks: AsyncIterable[bytes], limit: int) -> bytes:
    """The whole body. Raises BadInput BODY_TOO_LARGE (413)."""
    return b"".join([chunk async for chunk in limited(chunks, limit)])
