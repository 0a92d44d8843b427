"""Webhooks: other programs are told what happens in a jam, by signed requests that are sent again until they arrive."""
