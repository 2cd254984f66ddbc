-- Removes entries of a log. KEYS: hash and list. ARGV: how many ranges, first and last sequence of each, the new
-- revision. Answers how many entries were removed.
-- The nearer end of the list is cut off beyond the farthest removed entry, and what stays of it is pushed back: nothing is left where an entry was.
-- needs: place spread
--[[ check ]]
k, a = k + 2, a + 2 + 2 * tonumber(A[a])
--[[ apply ]]
local n, list = tonumber(A[a]), K[k + 1]
local length = call('LLEN', list)
local from = place(list, length, tonumber(A[a + 1]))
local to = place(list, length, A[a + 2 * n] + 1) - 1
local removed, ids = 0, {}
if from <= to then
  local head = to + 1 <= length - from
  local piece = head and call('LRANGE', list, 0, to) or call('LRANGE', list, from, -1)
  local stays, range = {}, a + 1
  for _, element in ipairs(piece) do
    local sequence, size = struct.unpack('<dI2', element)
    while range <= a + 2 * n and sequence > tonumber(A[range + 1]) do
      range = range + 2
    end
    if range <= a + 2 * n and sequence >= tonumber(A[range]) then
      removed = removed + 1
      if size > 0 then
        ids[#ids + 1] = sub(element, 11, 10 + size)
      end
    else
      stays[#stays + 1] = element
    end
  end
  if removed > 0 then
    local rest = length - #piece
    if head then
      call('LTRIM', list, to + 1, -1)
      for i = 1, math.floor(#stays / 2) do
        stays[i], stays[#stays + 1 - i] = stays[#stays + 1 - i], stays[i]
      end
      spread('LPUSH', list, stays, 1, #stays)
    else
      call('LTRIM', list, 0, from - 1)
      spread('RPUSH', list, stays, 1, #stays)
    end
    spread('HDEL', K[k], ids, 1, #ids)
    call('HSET', K[k], '\255', A[a + 1 + 2 * n])
    if rest == 0 and #stays > 0 then
      local _, expiry = struct.unpack('<dd', call('HGET', K[k], ''))
      if expiry > 0 then
        call('PEXPIREAT', list, format('%.0f', expiry))
      end
    end
  end
end
out = out + 1
answer[out] = removed
k, a = k + 2, a + 2 + 2 * n
