package io.catwalk.spark;

import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.jspecify.annotations.Nullable;

/** Sends messages about running jobs from workers to the driver, over Spark's own connections. */
public final class Channel implements SparkPlugin {

    /** The class that logs why a worker could not start an executor; Spark passes the reason to nobody. */
    private static final String CLIENT = "org.apache.spark.deploy.client.StandaloneAppClient$ClientEndpoint";

    /** Both are set once in a process, before any task runs. */
    private static volatile @Nullable PluginContext worker;

    private static volatile @Nullable Consumer<String> driver;

    /** Sets the listener to the messages of workers. */
    static void listen(Consumer<String> listener) {
        driver = listener;
    }

    /** Sends a message to the driver; a driver that is gone is detected elsewhere. */
    static void send(String message) throws IOException {
        PluginContext context = worker;
        if (context != null) {
            context.send(message);
        }
    }

    @Override
    public DriverPlugin driverPlugin() {
        return new DriverPlugin() {
            @Override
            public Map<String, String> init(SparkContext spark, PluginContext context) {
                Configurator.setLevel(CLIENT, Level.INFO); // now: the first executors are started before Spark is ready
                return Map.of();
            }

            @Override
            public @Nullable Object receive(Object message) {
                Consumer<String> listener = driver;
                if (listener != null) {
                    listener.accept((String) message);
                }
                return null;
            }
        };
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext context, Map<String, String> settings) {
                worker = context;
            }
        };
    }
}
