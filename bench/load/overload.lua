-- wrk … -s overload.lua URL -- BODY_FILE IDEAS_FILE TOKENS_FILE PAUSE_MS HEEDS: votes as in votes.lua, from connections that each
-- rest for a while that is drawn anew before every request (exponential, PAUSE_MS on average). What is answered with another
-- status than 200 is counted by it and not sent again: another vote follows. Where HEEDS is "true", for each refusal some
-- connection rests as long as it was asked for, as pages do.
local common = require("common")
local before, between, after, ideas, tokens, pause
local vote, threads, heeds, asked_for = 1000000, {}, false, {}
accepted, refused, other = 0, 0, 0

function setup(thread) threads[#threads + 1] = thread end

function init(arguments)
  local body = common.lines(arguments[1])[1]
  before, between, after = body:match("^(.*)@VOTE@(.*)@IDEA@(.*)$")
  ideas, tokens, pause = common.lines(arguments[2]), common.lines(arguments[3]), tonumber(arguments[4])
  heeds = arguments[5] == "true"
  math.randomseed(1)
end

function delay()
  local asked = table.remove(asked_for)
  return asked or math.floor(-pause * math.log(1 - math.random()) + 0.5)
end

function request()
  local people = #tokens
  local person, round = vote % people, math.floor(vote / people)
  local idea = ideas[(person + round * (people + 1)) % #ideas + 1]
  vote = vote + 1
  return common.request(before .. vote .. between .. idea .. after, tokens[person + 1])
end

function response(status, headers, body)
  if status == 200 and body:find("supportCount", 1, true) then
    accepted = accepted + 1
  elseif status == 503 and headers["retry-after"] then
    refused = refused + 1
    if heeds then asked_for[#asked_for + 1] = 1000 * tonumber(headers["retry-after"]) end
  else
    other = other + 1
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"accepted":%d,"refused":%d,"other":%d,"seconds":%.6f,"p99_ms":%.3f,"broken":%d}\n',
    threads[1]:get("accepted"), threads[1]:get("refused"), threads[1]:get("other"), summary.duration / 1e6,
    latency:percentile(99) / 1000, errors.connect + errors.read + errors.write + errors.timeout))
end
