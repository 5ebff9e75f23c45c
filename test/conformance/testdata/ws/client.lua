-- Has a connection for each case, and prints what it is sent.
for case = 1, tonumber(arg[2]) do
  local conn, got = ws.connect(arg[1] .. "?case=" .. case), {tostring(case)}
  while true do
    local ok, data, kind = pcall(conn.recv, conn, 20)
    if not ok then break end
    got[#got + 1] = kind .. ":" .. #data .. ":" .. crypto.hash(data):sub(1, 8)
  end
  print(table.concat(got, " "))
end
