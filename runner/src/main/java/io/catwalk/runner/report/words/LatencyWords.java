package io.catwalk.runner.report.words;

import io.catwalk.runner.trial.LatencyMark;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Says in one sentence what a reader must know about latencies. */
public final class LatencyWords {

    /** The page that explains the marks. */
    public static final String PAGE = "docs/explanation/latency.md";

    private LatencyWords() {}

    /** Returns one sentence that names the page with more; empty without marks. */
    public static String note(Set<LatencyMark> marks) {
        List<String> words = new ArrayList<>();
        for (LatencyMark mark : marks) {
            words.add(
                    switch (mark) {
                        case BUSY -> "those with ~ were measured on a busy machine, so there is no speed-up";
                        case UNSTEADY -> "some are not stable to 2 % within the time limit";
                        case LONG_TAIL -> "some calls take far longer than the median";
                        case ONE_PROCESS -> "some are of one process, without a range";
                        case ELSEWHERE -> "those of other machines are left out";
                        case UNMEASURED -> "some were not measured";
                    });
        }
        return words.isEmpty() ? "" : "Latencies: " + String.join("; ", words) + " (" + PAGE + ").";
    }
}
