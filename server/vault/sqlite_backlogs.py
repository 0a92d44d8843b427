"""How much waits to be sent, in the SQLite vault."""

from server.journal.sqlite_thread import SqliteThread
from server.vault.backlogs import Backlogs
from server.vault.hooks import DeliveryState
from server.vault.invitations import OPEN_STATES
from server.vault.sqlite_work import all_rows, on_thread

OPEN = ", ".join(f"'{state}'" for state in OPEN_STATES)
COUNT = f"""SELECT
    (SELECT count(*) FROM invitation_mails WHERE state IN ({OPEN})),
    (SELECT count(*) FROM deliveries WHERE state = '{DeliveryState.WAITING}'),
    (SELECT count(*) FROM deliveries WHERE state = '{DeliveryState.DEAD}'),
    (SELECT count(*) FROM pushes WHERE due_at > 0)"""


class SqliteBacklogs:
    """The part of `SqliteVault` that `BacklogVault` describes."""

    _reader: SqliteThread

    async def backlogs(self) -> Backlogs:
        mails, webhooks, dead, pushes = (await on_thread(self._reader, all_rows, COUNT, ()))[0]
        return Backlogs(mails, webhooks, dead, pushes)
