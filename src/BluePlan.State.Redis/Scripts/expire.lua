-- Sets when a key expires. KEYS: the key, of a log both.
-- ARGV: shape, mode (N, X, A, C as in put), lifetime, '1' = only when it has none, for a document the kind and the 16 bytes of its header that say so.
-- The instant is written into the key too, but for indexes, which have no room for it; before the TTL, which may delete the key at once.
-- Answers 1 when it was set.
-- needs: capped
--[[ check ]]
k, a = k + (A[a] == 'l' and 2 or 1), a + 5
--[[ apply ]]
local shape, mode, lifetime, only = A[a], A[a + 1], A[a + 2], A[a + 3] == '1'
local key, list = K[k], nil
local set = false
if shape == 'd' then
  local head = call('GETRANGE', key, '0', '16')
  set = head ~= '' and not (only and byte(head) ~= 16)
  if set then
    local part = A[a + 4]
    if mode == 'C' then
      local instant, cap = capped(lifetime)
      mode, lifetime, part = 'A', instant, sub(part, 1, 9) .. cap
    end
    call('SETRANGE', key, 0, sub(part, 1, 1) .. sub(head, 2) .. sub(part, 2))
  end
elseif shape == 'x' then
  local ttl = call('PTTL', key)
  set = ttl ~= -2 and not (only and ttl >= 0)
else
  if shape == 'l' then
    list, k = K[k + 1], k + 1
  end
  local meta = key == hash and known or call('HGET', key, '')
  local last, expiry
  if meta and list then
    last, expiry = struct.unpack('<dd', meta)
  elseif meta then
    expiry = meta == '' and 0 or tonumber(meta)
  end
  set = meta and not (only and expiry > 0)
  if set then
    if mode == 'X' then
      mode, lifetime = 'A', format('%.0f', math.min(now() + lifetime, latest))
    end
    if list then
      meta = struct.pack('<dd', last, mode == 'N' and 0 or tonumber(lifetime))
    else
      meta = mode == 'N' and '' or lifetime
    end
    call('HSET', key, '', meta)
    hash = nil
  end
end
if set then
  local command = mode == 'X' and 'PEXPIRE' or 'PEXPIREAT'
  for _, name in ipairs({ key, list }) do
    if mode == 'N' then
      call('PERSIST', name)
    else
      call(command, name, lifetime)
    end
  end
end
out = out + 1
answer[out] = set and 1 or 0
k, a = k + 1, a + 5
