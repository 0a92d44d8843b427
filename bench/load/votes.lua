-- wrk … -s votes.lua URL -- BODY_FILE IDEAS_FILE FIRST [TOKENS_FILE]: votes, each by another person for another idea.
-- Vote K, counted from FIRST, is given by person K mod (number of people); nobody votes for the same idea twice. In the
-- body, @VOTE@ stands for K and @IDEA@ for the idea. FIRST goes on where an earlier run cannot have come to.
local common = require("common")
local before, between, after, ideas, tokens, vote

function init(arguments)
  local body = common.lines(arguments[1])[1]
  before, between, after = body:match("^(.*)@VOTE@(.*)@IDEA@(.*)$")
  ideas = common.lines(arguments[2])
  vote = tonumber(arguments[3])
  tokens = arguments[4] and common.lines(arguments[4]) or {}
end

function request()
  local people = math.max(#tokens, 1)
  local person, round = vote % people, math.floor(vote / people)
  local idea = ideas[(person + round * (people + 1)) % #ideas + 1]
  vote = vote + 1
  return common.request(before .. vote .. between .. idea .. after, tokens[person + 1])
end

function done(summary, latency) common.report(summary, latency) end
