using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

// The server's clock goes forward and back as the tests say.
[TestFixture] public sealed class SteppedTouchTests : TouchConformance<SteppedClock.Harness<SteppedTouchTests>>;
[TestFixture] public sealed class SteppedSessionTests : SessionConformance<SteppedClock.Harness<SteppedSessionTests>>;
