-- One commit: every condition and everything that can fail is checked before the first write, since Redis does not roll back.
-- The two loops are filled with the fragments of those operations that the commit has; each fragment moves k and a past its keys and arguments.
--
-- KEYS: the keys of the operations, in order; a log has two, its hash and its list.
-- ARGV: one letter an operation, then the arguments of the operations, in order.
-- Answers {0, results ...}, {1, operation, ETag that is there} for an unmet condition, {2, operation} for an overflow, {3, operation} for bytes where
-- counters are needed. Operations are counted from 0.
--
-- What the checks worked out waits in todo until it is written, in the order of the operations: n values so far, of which r are used. One table with room costs less than one for each operation, and none where
-- no operation needs it.
-- Arguments that never change are written as text, since a server prints a number each time.
local call, byte, sub, format, pack, depack, unpack = redis.call, string.byte, string.sub, string.format, struct.pack, struct.unpack, unpack
local K, A, kinds = KEYS, ARGV, { byte(ARGV[1], 1, 4000) }
for o = 4001, #A[1] do
  kinds[o] = byte(A[1], o)
end
local top = 9007199254740991
local k, a, n, r = 1, 2, 0, 0
--[[ todo ]]
-- fresh: the first operation is a put-new. hash, known: the hash that was written last, and the field with the empty name that it has since.
local failure, fresh, hash, known
--[[ helpers ]]
for o = 1, #kinds do
  local kind = kinds[o]
  --[[ checks ]]
end
if failure then
  return fresh and call('EXISTS', K[1]) == 1 and { 1, 0, sub(call('GETRANGE', K[1], '0', '16'), 2) } or failure
end

local answer, out = { 0 }, 1
k, a = 1, 2
for o = 1, #kinds do
  local kind = kinds[o]
  --[[ applies ]]
end
return answer
