package io.catwalk.runner.trial;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Measures each network in a fresh JVM of its own. */
public final class BenchProcess implements LatencyBench {

    /** Far longer than loading takes: a process that hangs is stopped. */
    private static final Duration LOADING = Duration.ofMinutes(10);

    private final TrialProcess process = new TrialProcess();

    @Override
    public Measured measure(BenchOrder order) throws IOException, InterruptedException {
        try (Scratch scratch = new Scratch()) {
            Path request = scratch.file("bench.json");
            TrialFolder folder = new TrialFolder(order.folder() == null ? scratch.folder() : order.folder());
            AtomicFiles.write(request, Json.JSON.writeValueAsString(order));
            String verb = order instanceof BenchOrder.OfWeights ? TrialMain.BENCH_WEIGHTS : TrialMain.BENCH_FILE;
            Duration limit = LOADING.plus(order.settings().cap());
            List<Measured> measured = new ArrayList<>();
            TrialProcess.Ending ending =
                    process.run(List.of(verb, request.toString()), order.threads(), folder, limit, event -> {
                        if (event.measured() != null) {
                            measured.add(event.measured());
                        }
                    });
            if (measured.isEmpty()) { // with figures, it does not matter how the process ended
                throw new IOException(
                        ending.timedOut()
                                ? "it did not answer within " + limit.toMinutes() + " minutes and was stopped"
                                : ending.reason(folder, null));
            }
            return measured.get(0);
        }
    }
}
