"""The way on from an answer of the knowledge base to a ticket, for programs that show answers to residents."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hotline.api import SENDERS, MessageOut, bearer, taken
from hotline.runtime import Runtime
from plumbing.errors import Forbidden
from tickets.types import Actor


def router(runtime: Runtime) -> APIRouter:
    """POST /api/v1/messages/{receipt_no}/unsolved."""
    api = APIRouter(prefix="/api/v1", tags=["api"])
    who = Annotated[Actor, Depends(bearer(runtime))]

    @api.post("/messages/{receipt_no}/unsolved", status_code=202, response_model=MessageOut)
    def post_unsolved(receipt_no: str, actor: who) -> MessageOut:
        """The answer did not help: the same words go on under a number of their own and become a ticket."""
        if not actor.roles & SENDERS:
            raise Forbidden("ROLE", "该令牌不能提交诉求，请使用受理岗位的令牌。")
        return taken(runtime.answers.unsolved(receipt_no))

    return api
