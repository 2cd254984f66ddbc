-- Adds two vectors of doubles that hold integers, each behind one byte of tag; nil when a sum passes ±(2^53 − 1).
local formats = {}
local summand, numbers
local function sum(old, by)
  local length, more = (#old - 1) / 8, (#by - 1) / 8
  if by ~= summand then
    local form = formats[more] or '<' .. string.rep('d', more)
    formats[more] = form
    summand, numbers = by, { struct.unpack(form, by, 2) }
  end
  if length == more and length <= 4 then
    -- What unpack answers behind the numbers is a place in the text, which pack leaves out again.
    local b1, b2, b3, b4 = numbers[1], numbers[2], numbers[3] or 0, numbers[4] or 0
    local s1, s2, s3, s4 = struct.unpack(formats[length], old, 2)
    s1, s2, s3, s4 = s1 + b1, s2 + b2, (s3 or 0) + b3, (s4 or 0) + b4
    if s1 > top or s1 < -top or s2 > top or s2 < -top or s3 > top or s3 < -top or s4 > top or s4 < -top then
      return nil
    end
    return '\1' .. struct.pack(formats[length], s1, s2, s3, s4)
  end
  local form = formats[length] or '<' .. string.rep('d', length)
  formats[length] = form
  local sums = { struct.unpack(form, old, 2) }
  for i = 1, more do
    local s = (i <= length and sums[i] or 0) + numbers[i]
    if s > top or s < -top then
      return nil
    end
    sums[i] = s
  end
  if more > length then
    length, form = more, formats[more]
  end
  return '\1' .. struct.pack(form, unpack(sums, 1, length))
end
