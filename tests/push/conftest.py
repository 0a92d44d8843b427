"""The whole server, for what is asked of it here too."""

from tests.web.conftest import site as site
