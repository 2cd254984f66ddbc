-- Writes a document. KEYS: the document.
-- ARGV: condition ('' = none, 'a' = absent, 'e' = there, 16 bytes = that ETag), mode, lifetime, header and value.
-- Modes: N = never expires, X = lives so many milliseconds, A = until that instant, C = see capped, K = keep what is there.
-- needs: capped
--[[ check ]]
if A[a] ~= '' then
  local etag = sub(call('GETRANGE', K[k], '0', '16'), 2)
  local wanted = A[a]
  if wanted == 'a' and etag ~= '' or wanted == 'e' and etag == '' or #wanted == 16 and etag ~= wanted then
    return { 1, o - 1, etag }
  end
end
k, a = k + 1, a + 4
--[[ apply ]]
local mode, lifetime, value = A[a + 1], A[a + 2], A[a + 3]
if mode == 'X' then
  call('SET', K[k], value, 'PX', lifetime)
elseif mode == 'N' then
  call('SET', K[k], value)
elseif mode == 'A' then
  call('SET', K[k], value)
  call('PEXPIREAT', K[k], lifetime)
elseif mode == 'C' then
  local instant, cap = capped(lifetime)
  call('SET', K[k], sub(value, 1, 25) .. cap .. sub(value, 34))
  call('PEXPIREAT', K[k], instant)
else
  local head = call('GETRANGE', K[k], '0', '32')
  if head == '' then
    call('SET', K[k], value)
  else
    call('SET', K[k], sub(head, 1, 1) .. sub(value, 2, 17) .. sub(head, 18) .. sub(value, 34), 'KEEPTTL')
  end
end
k, a = k + 1, a + 4
