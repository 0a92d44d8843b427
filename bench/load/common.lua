-- What the wrk scripts share: files, requests, and one line of JSON at the end. Found by LUA_PATH.
local common = {}

function common.lines(path)
  local found = {}
  for line in io.lines(path) do found[#found + 1] = line end
  return found
end

function common.request(body, token)
  local headers = { ["Content-Type"] = "application/json" }
  if token then headers["Authorization"] = "Bearer " .. token end
  return wrk.format("POST", nil, headers, body)
end

function common.report(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"refused":%d,"broken":%d,"bytes":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout, summary.bytes))
end

return common
