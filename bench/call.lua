-- One authenticated tools/call of 2026-07-28 (wrk).  TOKEN, BODY from the
-- environment.
wrk.method = "POST"
wrk.body = os.getenv("BODY")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json, text/event-stream"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
wrk.headers["MCP-Protocol-Version"] = "2026-07-28"
wrk.headers["Mcp-Method"] = "tools/call"
wrk.headers["Mcp-Name"] = "echo"

done = function(summary, latency, requests)
	io.write(string.format(
		"RESULT %d %d %d %d %d\n",
		summary.requests,
		summary.duration,
		latency:percentile(50),
		latency:percentile(99),
		summary.errors.status + summary.errors.connect
			+ summary.errors.read + summary.errors.write
			+ summary.errors.timeout))
end
