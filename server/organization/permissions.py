"""What somebody may do outside of any jam. Inside of jams there is the table of `server.jam.permissions`."""

from enum import StrEnum


class OrganizationAction(StrEnum):
    """CREATE_JAM: make jams. OPERATE: see how the servers are."""

    CREATE_JAM = "CREATE_JAM"
    OPERATE = "OPERATE"


OF_ORGANIZERS = frozenset({OrganizationAction.CREATE_JAM, OrganizationAction.OPERATE})
"""What the organization's organizers may do; nobody else may do any of it, whatever their role in a jam."""


def may_in_organization(action: OrganizationAction, is_organizer: bool) -> bool:
    """Whether someone may, who is or is not an organizer of the organization."""
    return is_organizer and action in OF_ORGANIZERS
