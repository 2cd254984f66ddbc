-- needs: now
-- Resolves a sliding expiry with an end. plan: idle time, longest life (0 = see end), end (0 = see longest life), 8 bytes each.
-- Answers when it expires, and its end in the 8 bytes of a header.
local function capped(plan)
  local idle, most, cap = struct.unpack('<ddd', plan)
  if cap == 0 then
    cap = math.min(now() + most, latest)
  end
  return string.format('%.0f', math.min(now() + idle, cap)), struct.pack('<d', cap)
end
