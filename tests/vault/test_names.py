"""How names become words and typed text a query."""

import pytest

from server.vault.names import PeopleQuery, people_query, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dana Levi", ["dana", "levi"]),
        ("  Zoë O’Brien-Lévy ", ["levy", "obrien", "zoe"]),
        ("Straße", ["strasse"]),
        ("בן־גוריון דָּוִד", ["בן", "גוריון", "דוד"]),
        ("Anna Anna", ["anna"]),
        ("...", []),
    ],
)
def test_words_of_a_name(name, expected):
    assert words(name) == expected


def test_the_longest_word_leads_and_an_at_sign_leaves_only_the_address():
    assert people_query(" Li Cohen ") == PeopleQuery(["cohen", "li"], "li cohen")
    assert people_query("Dana@Ex") == PeopleQuery([], "dana@ex")
