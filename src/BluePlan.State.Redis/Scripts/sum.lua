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
