-- Adds two vectors of doubles that hold integers, each behind one byte of tag, 1. Else nil and why: 2 = a sum passes ±(2^53 − 1), 3 = the first is no vector.
local function sum(old, new)
  if byte(old) ~= 1 then
    return nil, 3
  end
  local length, more = (#old - 1) / 8, (#new - 1) / 8
  if length == more and length <= 7 then
    -- What unpack answers behind the numbers is a place in the text, which pack leaves out again.
    local form = '<' .. string.rep('d', length)
    local a1, a2, a3, a4, a5, a6, a7 = depack(form, old, 2)
    local b1, b2, b3, b4, b5, b6, b7 = depack(form, new, 2)
    a1, a2, a3, a4, a5, a6, a7 = a1 + b1, a2 + b2, (a3 or 0) + (b3 or 0), (a4 or 0) + (b4 or 0), (a5 or 0) + (b5 or 0), (a6 or 0) + (b6 or 0), (a7 or 0) + (b7 or 0)
    if a1 > top or a1 < -top or a2 > top or a2 < -top or a3 > top or a3 < -top or a4 > top or a4 < -top or a5 > top or a5 < -top or a6 > top or a6 < -top or a7 > top or a7 < -top then
      return nil, 2
    end
    return '\1' .. pack(form, a1, a2, a3, a4, a5, a6, a7)
  end
  local sums, numbers = { depack('<' .. string.rep('d', length), old, 2) }, { depack('<' .. string.rep('d', more), new, 2) }
  for i = 1, more do
    local s = (i <= length and sums[i] or 0) + numbers[i]
    if s > top or s < -top then
      return nil, 2
    end
    sums[i] = s
  end
  length = math.max(length, more)
  return '\1' .. pack('<' .. string.rep('d', length), unpack(sums, 1, length))
end
-- The vector that was added last, and the numbers of one of three.
local by, b1, b2, b3
