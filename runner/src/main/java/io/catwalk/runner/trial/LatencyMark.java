package io.catwalk.runner.trial;

/** What a reader must know about a latency besides its figures. */
public enum LatencyMark {
    /** Other programs kept the machine busy meanwhile. */
    BUSY,
    /** Some times were still changing when the time for them was over. */
    UNSTEADY,
    /** The slowest calls take far longer than the median. */
    LONG_TAIL,
    /** All figures are from one process, so that they have no range. */
    ONE_PROCESS,
    /** Others were measured in another place, and are left out. */
    ELSEWHERE,
    /** Some were not measured. */
    UNMEASURED
}
