"""Invitations beyond the journal: mails that go out in the background, lists of guests, codes for rooms."""
