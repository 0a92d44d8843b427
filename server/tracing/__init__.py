"""Traces: what became of a request, from its arrival over its command's durable record to the tick that told it.

    graphql supportIdea          the request, over HTTP or a websocket
    └ command SupportIdea        from the command's arrival until it is answered
      ├ wait                     in the queue
      ├ decide
      └ commit                   one for all commands that share the record, linked with each of them
        ├ apply
        └ tick                   linked with all commits that it tells

`current` is all that others know; nothing of OpenTelemetry is imported where no collector is set. A span holds names of
operations and kinds of commands, ids of jams, numbers and codes: nothing that somebody wrote, and nobody's id.
"""
