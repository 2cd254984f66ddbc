-- How many elements of a log's list have a sequence below the given one. Elements begin with their sequence, which rises along the list.
-- Between two sequences lie at most as many elements as their difference, which bounds the place from the end; without gaps the bound is the place.
local function sequence_at(list, index)
  return (struct.unpack('<d', redis.call('LINDEX', list, index)))
end
local function place(list, length, sequence)
  if length == 0 then
    return 0
  end
  local last = sequence_at(list, -1)
  if sequence > last then
    return length
  end
  local low, high = math.max(0, math.floor(length - (last - sequence) - 1)), length - 1
  if sequence_at(list, low) >= sequence then
    return low
  end
  low = low + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if sequence_at(list, middle) < sequence then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end
