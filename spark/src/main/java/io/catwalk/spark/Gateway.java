package io.catwalk.spark;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;

/**
 * Driver of a Spark application, in the process that {@code spark-submit} starts. It reads commands from its standard
 * input, reports on its standard output, one line each with tabs between its parts, and ends when its input ends:
 *
 * <pre>
 * in:   ORDER DELIVERY NAME      run the order in the file ORDER, and write the result to the file DELIVERY
 *       ORDER                    cancel it
 * out:  {@value #MARK}ready           the application is running
 *       {@value #MARK}ORDER started PLACE    a worker has begun
 *       {@value #MARK}ORDER news TEXT        a line that the worker printed
 *       {@value #MARK}ORDER ended            the result is written
 *       {@value #MARK}ORDER lost REASON      there is no result
 * </pre>
 */
public final class Gateway {

    /** Prefix of each line that is a message. */
    static final String MARK = "@catwalk ";

    /** Name of the folder beside the orders with the files that they need. */
    static final String SUPPLIES = "supplies";

    /** Masters that need no secret of their own: Spark hands that of an application to its executors. */
    private static final Pattern WITHOUT_SECRET = Pattern.compile("yarn|k8s:.*|local.*");

    /** Spark stops right after the jobs fail that it gives up, which have no outcome then. */
    private static final int STOP_MILLIS = 2_000;

    private static final int SECRET_BYTES = 32;

    private final PrintStream out;
    private final JavaSparkContext spark;
    private final String home;

    /** Each thread waits for one job. */
    private final ExecutorService jobs;

    private final Set<String> canceled = ConcurrentHashMap.newKeySet();
    private final Map<String, Boolean> added = new ConcurrentHashMap<>();

    /** Whether the input has ended, and with it this process. */
    private volatile boolean closing;

    private Gateway(PrintStream out, JavaSparkContext spark, String home, int slots) {
        this.out = out;
        this.spark = spark;
        this.home = home;
        jobs = Executors.newFixedThreadPool(slots);
    }

    /**
     * Runs until the input ends.
     *
     * @param arguments the folder of the program on the workers, or the name of an archive that Spark unpacks there;
     *     and how many jobs run at once
     * @throws IOException if the input cannot be read
     */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        System.setOut(System.err); // what Spark prints is not a message
        try (JavaSparkContext spark = new JavaSparkContext(closed(new SparkConf()))) {
            Gateway gateway = new Gateway(out, spark, arguments[0], Integer.parseInt(arguments[1]));
            spark.sc().addSparkListener(gateway.new End());
            if (spark.sc().isStopped()) { // before anybody listened
                System.exit(1);
            }
            Channel.listen(gateway::say);
            gateway.say("ready");
            gateway.serve();
        }
    }

    /** Opens no web page, and lets nobody in without a secret where that needs none of the cluster's own. */
    private static SparkConf closed(SparkConf conf) {
        conf.setIfMissing("spark.ui.enabled", "false");
        String master = conf.get("spark.master", "");
        if (WITHOUT_SECRET.matcher(master).matches() && !conf.contains("spark.authenticate")) {
            conf.set("spark.authenticate", "true");
            conf.setIfMissing("spark.network.crypto.enabled", "true");
            if (master.startsWith("local-cluster")) { // for the others Spark makes one itself
                byte[] secret = new byte[SECRET_BYTES];
                new SecureRandom().nextBytes(secret);
                conf.setIfMissing("spark.authenticate.secret", HexFormat.of().formatHex(secret));
            }
        }
        return conf;
    }

    /** Ends the process when Spark stops by itself: some of its jobs would never end. */
    private final class End extends SparkListener {

        @Override
        public void onApplicationEnd(SparkListenerApplicationEnd end) {
            if (!closing) {
                // Not this thread of Spark's, which is waited for by those that stop.
                new Thread(() -> System.exit(1), "end").start();
            }
        }
    }

    private void serve() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split("\t", -1);
            if (words.length > 1) {
                jobs.execute(() -> run(words[0], Path.of(words[1]), words[2]));
            } else {
                canceled.add(words[0]);
                spark.sc().cancelJobGroup(words[0]);
            }
        }
        closing = true;
        spark.sc().cancelAllJobs();
        jobs.shutdownNow();
    }

    private void run(String order, Path delivery, String name) {
        try {
            if (canceled.contains(order)) {
                return;
            }
            String text = Files.readString(Path.of(order));
            List<Path> supplies = supplies(Path.of(order).resolveSibling(SUPPLIES), text);
            for (Path file : supplies) {
                // Another job that needs the file waits until Spark has it. What Spark could not add is not recorded.
                added.computeIfAbsent(file.toString(), unused -> {
                    spark.addFile(file.toUri().toString());
                    return true;
                });
            }
            // The page and the log of the application show the job by this name.
            spark.setJobGroup(order, name, true);
            List<String> names =
                    supplies.stream().map(file -> file.getFileName().toString()).toList();
            Task task = new Task(order, home, text, names);
            Task.Came came =
                    spark.parallelize(List.of(task), 1).map(Task::run).collect().get(0);
            if (came.delivery() == null) {
                say(order, "lost", came.reason());
                return;
            }
            Files.write(delivery, came.delivery());
            say(order, "ended", "");
        } catch (Throwable e) { // whatever it is: otherwise the trial would be waited for for ever
            if (canceled.contains(order) || !stops()) { // the end of Spark loses all trials, and has a better reason
                say(order, "lost", reason(e));
            }
        }
    }

    /** Returns whether Spark stops, or does so in a moment. */
    private boolean stops() {
        try {
            for (int i = 0; i < STOP_MILLIS / 100 && !spark.sc().isStopped(); i++) {
                Thread.sleep(100); // it tells its listeners only at the end
            }
        } catch (InterruptedException e) { // so does this process
            return true;
        }
        return spark.sc().isStopped();
    }

    private static List<Path> supplies(Path folder, String order) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> order.contains("\"" + SUPPLIES + "/" + file.getFileName() + "\""))
                    .toList();
        }
    }

    private void say(String order, String verb, String text) {
        say(line(order, verb, text));
    }

    /** Makes a line about an order, which a worker sends, too. */
    static String line(String order, String verb, String text) {
        return order + "\t" + verb + "\t" + text.replaceAll("[\t\r\n]", " ");
    }

    private synchronized void say(String line) {
        out.println(MARK + line);
        out.flush();
    }

    /** Returns the first line of Spark's message, which says what went wrong; the others say where in its code. */
    private static String reason(Throwable e) {
        // The message of an error is often only a name.
        String message = e instanceof Error ? e.toString() : String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(e.getClass().getSimpleName());
    }
}
