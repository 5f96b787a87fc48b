package io.catwalk.runner.remote;

import io.catwalk.runner.Scratch;
import io.catwalk.runner.trial.Software;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Spark on this machine: a standalone master and two workers of one core, each a process of its own. The build copies
 * Spark's jars, which are all that its distribution has but scripts.
 */
public final class SparkCluster implements AutoCloseable {

    /** What Spark's own scripts open to it. */
    private static final String OPENED = """
            java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent
            java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar""";

    private final Path folder;
    private final Path home;
    private final int port;
    private final String javaOfWorkers;
    private final List<Process> processes = new ArrayList<>();

    private SparkCluster(Path folder, Path home, int port, String javaOfWorkers) {
        this.folder = folder;
        this.home = home;
        this.port = port;
        this.javaOfWorkers = javaOfWorkers;
    }

    /** Returns where the build has put Spark's jars; null in a build that leaves Spark out. */
    public static @Nullable Path jars() {
        String jars = System.getProperty("catwalk.spark.jars");
        return jars == null || !Files.isDirectory(Path.of(jars)) ? null : Path.of(jars);
    }

    /** Returns where the build has installed the program. */
    public static Path program() {
        String version = Software.current().catwalk();
        return Path.of(System.getProperty("catwalk.installed", "../target/catwalk-" + version))
                .toAbsolutePath();
    }

    /** Makes what {@code SPARK_HOME} names, without a cluster. */
    public static Path home(Path folder) throws IOException {
        Path home = Files.createDirectories(folder.resolve("spark"));
        if (!Files.exists(home.resolve("jars"))) {
            Files.createSymbolicLink(
                    home.resolve("jars"), Objects.requireNonNull(jars()).toAbsolutePath());
        }
        Path bin = Files.createDirectories(home.resolve("bin"));
        // As Spark's own script does: its launcher says how the driver is started.
        Path submit = Files.writeString(bin.resolve("spark-submit"), """
                #!/bin/bash
                export SPARK_HOME=%s SPARK_SCALA_VERSION=2.13
                mapfile -d '' -t command < <(%s -Xmx128m -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main \\
                    org.apache.spark.deploy.SparkSubmit --driver-memory 512m "$@")
                command=("${command[@]:1}")
                exec "${command[@]#$'\\n'}"
                """.formatted(home, java()));
        Files.setPosixFilePermissions(submit, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }

    /** Starts a master and two workers. */
    public static SparkCluster start(Path folder) throws IOException, InterruptedException {
        return start(folder, System.getProperty("java.home"));
    }

    /**
     * Starts a master and two workers.
     *
     * @param javaOfWorkers what JAVA_HOME is on the workers, whose executors run with it
     */
    public static SparkCluster start(Path folder, String javaOfWorkers) throws IOException, InterruptedException {
        SparkCluster cluster = new SparkCluster(folder, home(folder), freePort(), javaOfWorkers);
        try {
            String ports = "--port " + cluster.port + " --webui-port 0";
            cluster.run("master", ("org.apache.spark.deploy.master.Master --host localhost " + ports).split(" "));
            cluster.await("master", "I have been elected leader");
            cluster.worker("worker-1");
            cluster.worker("worker-2");
            return cluster;
        } catch (IOException | InterruptedException | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    private void worker(String name) throws IOException, InterruptedException {
        String options = "--host localhost --webui-port 0 --cores 1 --memory 1g --work-dir " + folder.resolve(name);
        run(name, ("org.apache.spark.deploy.worker.Worker " + options + " " + master()).split(" "));
        await(name, "Successfully registered with master");
    }

    public String master() {
        return "spark://localhost:" + port;
    }

    public Path home() {
        return home;
    }

    private void run(String name, String... main) throws IOException {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(opened());
        command.addAll(List.of("-Xmx256m", "-cp", home + "/jars/*"));
        command.addAll(List.of(main));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(name).toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.environment().put("JAVA_HOME", javaOfWorkers);
        processes.add(builder.start());
    }

    private void await(String name, String words) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (System.nanoTime() < deadline) {
            if (Files.readString(log(name)).contains(words)) {
                return;
            }
            Thread.sleep(100); // a log tells nobody that it has grown
        }
        throw new AssertionError(name + " did not start: " + Files.readString(log(name)));
    }

    private Path log(String name) {
        return folder.resolve(name + ".txt");
    }

    /** Kills the executors of a worker, and tells whether it had any. */
    public boolean killExecutors(int worker) {
        List<ProcessHandle> executors = processes.get(worker).children().toList();
        executors.forEach(ProcessHandle::destroyForcibly);
        return !executors.isEmpty();
    }

    /** Kills a worker, whose executors end with it, and starts another in its place; tells whether it had executors. */
    public boolean replace(int worker) throws IOException, InterruptedException {
        Process killed = processes.remove(worker);
        boolean busy = killed.children().findAny().isPresent();
        killed.destroyForcibly().onExit().join();
        worker("worker-" + worker + "-" + ProcessHandle.current().pid() + "-" + killed.pid());
        processes.add(worker, processes.remove(processes.size() - 1));
        return busy;
    }

    /** Lists the processes that the workers have started: executors, and what these have started. */
    public Stream<ProcessHandle> executors() {
        return processes.stream().skip(1).flatMap(Process::descendants);
    }

    /** Kills what the executors have started. */
    void killWhatExecutorsStarted() {
        processes.stream()
                .skip(1)
                .flatMap(Process::children)
                .flatMap(ProcessHandle::descendants)
                .toList()
                .forEach(SparkCluster::end);
    }

    private static void end(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() throws IOException {
        for (int i = processes.size() - 1; i >= 0; i--) {
            processes.get(i).descendants().toList().forEach(SparkCluster::end);
            processes.get(i).destroyForcibly().onExit().join();
        }
        Scratch.delete(folder);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static List<String> opened() {
        return Stream.of(OPENED.split("\\s+"))
                .map(one -> "--add-opens=java.base/" + one + "=ALL-UNNAMED")
                .toList();
    }
}
