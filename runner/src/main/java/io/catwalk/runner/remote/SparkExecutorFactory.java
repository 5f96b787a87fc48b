package io.catwalk.runner.remote;

import io.catwalk.runner.trial.TrialExecutorFactory;
import java.nio.file.Path;

/** Runs trials on Apache Spark: it takes every master that {@code spark-submit} accepts. */
public final class SparkExecutorFactory implements TrialExecutorFactory {

    /** Creates the factory, for {@link java.util.ServiceLoader}. */
    public SparkExecutorFactory() {}

    @Override
    public String scheme() {
        return "";
    }

    @Override
    public Opening checked(Request request) {
        String master = request.on();
        SparkHome home = SparkHome.find(System.getenv("SPARK_HOME"));
        SparkHome.requireMaster(master);
        String onWorkers = System.getenv("CATWALK_WORKER_HOME");
        return needs -> SparkExecutor.whenNeeded(
                new SparkExecutor.Settings(
                        home, master, needs.program(), onWorkers == null ? null : Path.of(onWorkers), needs.log()),
                needs.threads(),
                request.imagesInPlace());
    }
}
