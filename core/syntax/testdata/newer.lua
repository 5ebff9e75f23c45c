#!/usr/bin/env assay
-- What Lua 5.2 to 5.5 added.
local limit <const>, file <close> = 10, nil
local <const> one, two = 1, 2
global print, type
global<const> *
global function shared(...args) return args.n // 2, ... end
local mask = ~0xFF & 0x1p4 | 1 << 3 >> 1 ~ 5
local text = "\u{20AC}\x41\z
              joined\u{7FFFFFFF}"
for i = 1, 3 do
  if i == 2 then goto continue end
  break
  ::continue::
end
global = limit // one;
return mask, text, global, 0xA.8p1, .5e-3
