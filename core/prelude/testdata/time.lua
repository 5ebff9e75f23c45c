assert.gt(time(), 1.7e9)
local before = time.monotonic()
sleep(0.02)
sleep("5ms")
assert.ge(time.monotonic() - before, 0.025)
print(pcall(sleep, -1))       --> =false sleep: argument 1 'seconds': time must not be negative, got -1
print(pcall(sleep, 0/0))      --> =false sleep: argument 1 'seconds': time must not be NaN
print(pcall(sleep, "soon"))   --> =false sleep: argument 1 'seconds': bad duration "soon": write it like "500ms", "1m30s" or "2d"
print(pcall(sleep))           --> ~^false sleep: argument 1 'seconds': 

print(time.format(1709209801))                  --> =2024-02-29T12:30:01Z
print(time.format(1709209801.25))               --> =2024-02-29T12:30:01.25Z
print(time.format(-1))                          --> =1969-12-31T23:59:59Z
print(time.format(1709209801.25, "%A %a %B %b %d %e %j %Y %y %H %I %p %M %S %f %z %Z %s %%"))
--> =Thursday Thu February Feb 29 29 060 2024 24 12 12 PM 30 01 250000 +0000 UTC 1709209801 %
print(time.format(0, "%F %T %D %R %%F Monday 2006")) --> =1970-01-01 00:00:00 01/01/70 00:00 %F Monday 2006
print(time.format(1704067199, "%G-W%V-%u %U %W %w %g %C %h %c|%r"))  --> =2023-W52-7 53 52 0 23 20 Dec Sun Dec 31 23:59:59 2023|11:59:59 PM
print(time.format(-62135596800, "%Y %F"))        --> =0001 0001-01-01
print(pcall(time.parse, "2023-W52", "%G-W%V"))    --> =false time.parse: layout: %G cannot be read, only written
print(pcall(time.parse, "1", "%Q"))               --> =false time.parse: layout: unknown directive %Q
print(pcall(time.format, 0, "%Q"))              --> =false time.format: layout: unknown directive %Q
print(pcall(time.format, 0, "50%"))             --> =false time.format: layout "50%" ends in %
print(pcall(time.format, 1e300))                --> ~^false time.format: argument 1 't': seconds within the years 0 to 9999
print(pcall(time.format, 0/0))                  --> ~^false time.format: argument 1 't': seconds within

print(time.parse("2024-02-29T12:30:01Z"))       --> =1709209801
print(("%.3f"):format(time.parse("2024-02-29T13:30:01.5+01:00"))) --> =1709209801.500
print(pcall(time.parse, "yesterday"))           --> =false time.parse: "yesterday" is not a time as RFC 3339 has it, such as 2006-01-02T15:04:05Z, nor another common form: give its layout, such as "%d.%m.%Y"
print(pcall(time.parse, "2023-02-29T00:00:00Z")) --> ~^false time.parse: "2023-02-29T00:00:00Z" is not a time

for _, text in ipairs{
  "2024-02-29", "2024-02-29 12:30:01", "2024-02-29 12:30:01.5+01:00", "2024-02-29T12:30:01", "2024-02-29T12:30", "2024-02-29 12:30",
  "Thu, 29 Feb 2024 12:30:01 GMT", "Thu, 29 Feb 2024 12:30:01 +0100", "Thursday, 29-Feb-24 12:30:01 GMT", "Thu Feb 29 12:30:01 2024",
  "Feb 29 12:30:01 2024 GMT", "Feb  9 12:30:01 2024 GMT",
} do print(time.format(time.parse(text))) end
--> =2024-02-29T00:00:00Z
--> =2024-02-29T12:30:01Z
--> =2024-02-29T11:30:01.5Z
--> =2024-02-29T12:30:01Z
--> =2024-02-29T12:30:00Z
--> =2024-02-29T12:30:00Z
--> =2024-02-29T12:30:01Z
--> =2024-02-29T11:30:01Z
--> =2024-02-29T12:30:01Z
--> =2024-02-29T12:30:01Z
--> =2024-02-29T12:30:01Z
--> =2024-02-09T12:30:01Z
for _, text in ipairs{"Thu, 29 Feb 2024 12:30:01 EST", "2024-02-30", "29.02.2024", "02/29/2024", "1709209801", "2024-02-29 ", ""} do
  assert.raises(function() time.parse(text) end, "is not a time")
end
local function parse(text, layout)
  local ok, t = pcall(time.parse, text, layout)
  print(ok and time.format(t) or tostring(t))
end
parse("29.02.2024", "%d.%m.%Y")                 --> =2024-02-29T00:00:00Z
parse("1.2.2024", "%d.%m.%Y")                   --> =2024-02-01T00:00:00Z
parse("29.02.2023", "%d.%m.%Y")                 --> =time.parse: "29.02.2023" is not a time of the layout "%d.%m.%Y"
parse("29.02.2024 ", "%d.%m.%Y")                --> =time.parse: "29.02.2024 " is not a time of the layout "%d.%m.%Y"
parse("Thu, 29 Feb 2024 13:30:01 +0100", "%a, %d %b %Y %T %z") --> =2024-02-29T12:30:01Z
parse("29 february 2024 1:02 pm", "%d %B %Y %I:%M %p") --> =2024-02-29T13:02:00Z
parse("2024-060", "%Y-%j")                      --> =2024-02-29T00:00:00Z
parse("1709209801.000001", "%s.%f")             --> =2024-02-29T12:30:01.000001Z
parse("2024-02-29T12:30:01.25Z", "%FT%T.%f%z")  --> =2024-02-29T12:30:01.25Z
parse("20240229 GMT", "%Y%m%d %Z")              --> =2024-02-29T00:00:00Z
parse("20240229 CET", "%Y%m%d %Z")              --> =time.parse: "20240229 CET" is not a time of the layout "%Y%m%d %Z"
parse("100% 24", "100%% %y")                    --> =2024-01-01T00:00:00Z
parse("12:30", "%H:%M")                         --> =1970-01-01T12:30:00Z
parse("25:30", "%H:%M")                         --> =time.parse: "25:30" is not a time of the layout "%H:%M"
parse("2006 2006", "2006 %Y")                   --> =2006-01-01T00:00:00Z
parse("", "%Y")                                 --> =time.parse: "" is not a time of the layout "%Y"
parse("-99999999999999", "%s")                  --> ~^time.parse: .* is not a time of the layout
parse(" 1", "%e")                               --> =1970-01-01T00:00:00Z
parse("x", "%Q")                                --> =time.parse: layout: unknown directive %Q

-- What is written can be read back.
for _, layout in ipairs{"%F %T.%f %z", "%s.%f", "%a %b %e %I:%M:%S.%f %p %Y", "%y%j%H%M%S%f"} do
  for _, t in ipairs{0, 86399.999999, 951782400, 1709209801.25} do
    assert.eq(time.parse(time.format(t, layout), layout), t, layout)
  end
end
