"""What screens measured."""

import strawberry

from schema.inputs import ReportLatencyInput
from schema.marks import command
from schema.mutations.asking import Asking, plainly
from schema.scalars import Timestamp
from schema.view import Info
from server.jam.rejections import InvalidInput, TooMany
from server.metrics.screens import ImpossibleReport, TooSoon


@strawberry.type
class LatencyMutations:
    @command(
        "How long changes took to this screen, at most every 20 s of a session. It is counted without a trace of who sent it; "
        "the answer is the server's time."
    )
    @plainly
    async def report_latency(self, info: Info, input: ReportLatencyInput) -> Timestamp:
        asked = Asking(info)
        view = asked.jam(input.jam_id)
        assert asked.context.caller is not None
        session = asked.context.caller.session_id
        try:
            asked.services.latency.report(view.state.id, session, input.own, input.drawn, input.clock_error)
        except ImpossibleReport as impossible:
            raise InvalidInput("input", str(impossible)) from impossible
        except TooSoon as soon:
            raise TooMany(str(soon), soon.seconds) from soon
        return Timestamp(asked.services.clock())
