-- wrk … -s query.lua URL -- BODY_FILE [TOKENS_FILE]: the same query again and again, by one signed-in person after the other.
local common = require("common")
local PEOPLE = 1000
local requests, at = {}, 0

function init(arguments)
  local body = common.lines(arguments[1])[1]
  if not arguments[2] then requests[1] = common.request(body) end
  for _, token in ipairs(arguments[2] and common.lines(arguments[2]) or {}) do
    requests[#requests + 1] = common.request(body, token)
    if #requests == PEOPLE then break end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency) common.report(summary, latency) end
