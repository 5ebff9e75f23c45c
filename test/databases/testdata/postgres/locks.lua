local conn = db.connect(URL)
print(conn:lock("nightly", function()
  local ok, e = pcall(conn.lock, conn, "nightly", print, {wait = 0})
  print(e.code, e) --> ~^db.timeout.*the lock "nightly" is held by another
  local ok, e = pcall(conn.lock, conn, "nightly", print, {wait = 0.3})
  print(e.code) --> =db.timeout
  return conn:lock("other", function() return 7, "x" end)
end)) --> =7 x
print(pcall(conn.lock, conn, "nightly", function() error("raised", 0) end)) --> =false raised
print(db.lock(conn, "nightly", function() return "free again" end)) --> =free again
