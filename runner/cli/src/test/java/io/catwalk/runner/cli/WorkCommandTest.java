package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.remote.Tampered;
import io.catwalk.runner.remote.Works;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class WorkCommandTest {

    /** Stops for good in the first step of training, whose batch has 12 images, if a condition holds. */
    private static final String PARKED =
            "return Layers.sequence(new ai.djl.nn.LambdaBlock(x -> { if (x.head().getShape().get(0) == 12 && %s)"
                    + " java.util.concurrent.locks.LockSupport.park(); return x; }, \"park\"), Layers.flatten(),"
                    + " Layers.dense(task.classes()));";

    @TempDir
    private static Path shared;

    private static Path plugins;
    private static Path tiny;

    @TempDir
    private Path folder;

    private Path orders;
    private Path run;

    @BeforeAll
    static void makePluginsAndImages() throws IOException {
        plugins = Files.createDirectory(shared.resolve("plugins"));
        plugin(
                "learns",
                "return Layers.sequence(Layers.flatten(), Layers.dense(8), Layers.dropout(0.2),"
                        + " Layers.dense(task.classes()));");
        plugin("fails", "throw new IllegalStateException(\"no such network\");");
        plugin("hangs", PARKED.formatted("true"));
        String exists = "java.nio.file.Files.exists(java.nio.file.Path.of(\"" + shared.resolve("wait") + "\"))";
        plugin("waits", PARKED.formatted(exists));
        tiny = TinyImages.write(shared.resolve("tiny"));
    }

    private static void plugin(String name, String network) {
        TestPlugin.building(name, network).write(plugins.resolve(name + ".jar"));
    }

    @BeforeEach
    void name() {
        orders = folder.resolve("orders");
        run = folder.resolve("run");
    }

    private static Catwalk.Answer compare(Path images, String more) {
        String command = "compare --dataset %s --plugins-dir %s --epochs 2 --batch-size 16 --threads 1 --no-latency ";
        return Catwalk.ask(command + more, images, plugins);
    }

    private Catwalk.Answer handOut(String more) {
        return compare(tiny, "--out %s --orders %s %s".formatted(run, orders, more))
                .done();
    }

    private Catwalk.Answer work(int exitCode, int order, String more) {
        return Catwalk.ask(("work %s/" + order + ".json " + more).strip(), orders)
                .exits(exitCode);
    }

    private Catwalk.Answer work(int order) {
        return work(ExitCode.DONE, order, "");
    }

    private Catwalk.Answer resume(int exitCode, String more) {
        String command = "resume %s --orders %s --plugins-dir %s --no-latency " + more;
        return Catwalk.ask(command.strip(), run, orders, plugins).exits(exitCode);
    }

    private Path outcome(int order) {
        return orders.resolve(order + ".outcome-1.zip");
    }

    private static List<String> weights(Path run) throws IOException {
        List<String> digests = new ArrayList<>();
        for (int seed = 1; seed <= 3; seed++) {
            digests.add(Sha256.of(run.resolve("trials/learns/" + seed + "-0/model/network-0000.params")));
        }
        return digests;
    }

    /** The images of the run are gone, and the folder of the orders was moved: a machine needs nothing else. */
    @Test
    @Tag("long")
    void ordersThatWereCarriedElsewhereComeToTheBitsOfALocalRun() throws Exception {
        Path local = folder.resolve("local");
        compare(tiny, "learns --seeds 3 --on local --out " + local);
        Path images = TinyImages.write(folder.resolve("tiny"));
        Catwalk.Answer handedOut = compare(images, "learns --seeds 3 --out %s --on orders:%s".formatted(run, orders))
                .done();
        assertThat(handedOut.err())
                .contains("orders 0-2 in " + orders, "catwalk work " + orders, " --on orders:" + orders);
        assertThat(orders.resolve("0.json")).content().doesNotContain(folder.toString(), shared.toString());
        orders = Files.move(orders, folder.resolve("elsewhere"));
        Files.move(images, folder.resolve("hidden"));

        assertThat(work(2).err()).contains("learns seed 3: done; see ");
        assertThat(work(0).err()).contains("learns seed 1: done; see ");
        FileTime before = Files.getLastModifiedTime(outcome(0));
        assertThat(work(0).err()).contains("learns seed 1: was carried out before");
        assertThat(Files.getLastModifiedTime(outcome(0))).isEqualTo(before);

        Files.move(folder.resolve("hidden"), images);
        assertThat(resume(ExitCode.SOME_FAILED, "").err()).contains("orders 1 in " + orders);
        work(1);
        assertThat(resume(ExitCode.DONE, "").err()).contains("2 trials are done already");
        assertThat(weights(run)).isEqualTo(weights(local));
        String files = "0.json 0.outcome-1.zip 1.json 1.outcome-1.zip 2.json 2.outcome-1.zip supplies";
        assertThat(orders.toFile().list()).containsExactlyInAnyOrder(files.split(" ", -1));
        // The result in the run is the same as after a training here: it can be evaluated again.
        Catwalk.ask("evaluate %s --plugins-dir %s", run, plugins).done();
    }

    @Test
    @Tag("long")
    void aTrialThatFailsSaysSoToTheClusterAndToTheRun() {
        String next = "catwalk resume " + run + " --orders " + orders + " --plugins-dir " + plugins;
        assertThat(handOut("fails").err()).contains(next);

        assertThat(work(ExitCode.SOME_FAILED, 0, "").err()).contains("fails seed 1: failed: ", "no such network");
        work(ExitCode.SOME_FAILED, 0, "");
        assertThat(resume(ExitCode.SOME_FAILED, "").err()).contains("fails seed 1: failed: ", "no such network");
        assertThat(resume(ExitCode.SOME_FAILED, "--retry").err()).contains("orders 0 in ");
        assertThat(orders.resolve("0.json")).content().contains("\"attempt\" : 2");
    }

    /** Its files stay for its next attempt, and an attempt that was lost and finishes late overwrites nothing. */
    @Test
    @Tag("long")
    void aTrialThatIsLostIsOrderedAgainAndWhatComesLateHarmsNothing() throws IOException {
        handOut("learns --same-machine=Z80 --seeds 2");
        Path files = folder.resolve("files");

        assertThat(work(ExitCode.LOST, 0, "--files " + files).err()).contains("'Z80'", "--same-machine");
        String order = Files.readString(files.resolve("order.json"));
        Catwalk.ask("work %s/1.json --files %s", orders, files).refused("--files", "order.json of another trial");
        assertThat(files.resolve("order.json")).hasContent(order);
        // When a scheduler queues the job again, it is tried again.
        assertThat(work(ExitCode.LOST, 0, "").err()).contains(": lost: ");
        Path first = Files.copy(outcome(0), folder.resolve("late.zip"));
        assertThat(resume(ExitCode.SOME_FAILED, "").err())
                .contains("learns seed 1: lost, trying again: ")
                .contains("orders 0-1 in ");
        assertThat(orders.resolve("0.json")).content().contains("\"attempt\" : 2");
        work(0);
        Files.copy(first, outcome(0), StandardCopyOption.REPLACE_EXISTING);

        assertThat(resume(ExitCode.SOME_FAILED, "").err()).contains("orders 1 in ");
        assertThat(run.resolve("trials/learns/1-0/trial.json")).exists();
    }

    /** One is no zip, of one the name of a file cannot be made a path, one has another weight, and one is sound. */
    @Test
    @Tag("long")
    void whatIsNoDeliveryIsNotBelievedAndTheOthersAreGathered() throws IOException {
        handOut("learns --seeds 4");
        for (int order = 1; order <= 3; order++) {
            work(order);
        }
        Files.writeString(outcome(0), "no zip");
        Tampered.put(outcome(1), "model/\0", new byte[1]);
        try (FileSystem zip = FileSystems.newFileSystem(outcome(2))) {
            Path file = zip.getPath("model/network-0000.params");
            byte[] weights = Files.readAllBytes(file);
            weights[weights.length / 2] ^= 1;
            Files.write(file, weights);
        }

        String lost = "learns seed %d: lost, trying again: ";
        assertThat(resume(ExitCode.SOME_FAILED, "").err())
                .contains(lost.formatted(1) + "the returned file cannot be read: ")
                .contains(lost.formatted(2), "that no trial writes: 'model/")
                .contains(lost.formatted(3), "model/network-0000.params has been", "orders 0-2 in ");
        assertThat(run.resolve("trials/learns/4-0/trial.json")).exists();

        Files.writeString(outcome(3), "x\n");
        assertThat(work(3).err()).contains("3.outcome-1.zip cannot be read", "learns seed 4: done; see ");
    }

    @Test
    @Tag("long")
    void linksOutOfTheFolderAreFollowedByWorkersAndByResumeWhereTheRunWasAskedTo() throws IOException {
        Path pets = folder.resolve("pets");
        Path outside = folder.resolve("outside");
        for (int i = 0; i < 30; i++) {
            BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setSample(i % 8, i / 8, 0, 200);
            Path kind =
                    List.of(pets.resolve("cat"), pets.resolve("dog"), outside).get(i / 10);
            Files.createDirectories(kind);
            ImageIO.write(image, "png", kind.resolve(i + ".png").toFile());
        }
        Files.createSymbolicLink(pets.resolve("owl"), outside);
        String plain = "learns --out %s/plain --orders %s/plain-orders".formatted(folder, folder);
        assertThat(compare(pets, plain).err()).contains("1 link ", "--follow-links");

        Catwalk.Answer asked = compare(pets, "learns --follow-links --out %s --orders %s".formatted(run, orders));

        assertThat(asked.err()).doesNotContain("skipped");
        assertThat(orders.resolve("0.json")).content().contains("\"follow_links\" : true");
        assertThat(run.resolve("experiment.yaml")).content().contains("follow_links: true");
        work(0);
        resume(ExitCode.DONE, "");
        assertThat(run.resolve("trials/learns/1-0/classes.json")).content().contains("owl");
    }

    /** A file where the folder for native libraries would be stands for a disk that is full or read-only. */
    @Test
    void whatTheMachineLacksLosesTheTrial() throws Exception {
        handOut("learns");
        Path file = Files.writeString(folder.resolve("cache"), "no folder");
        ProcessBuilder builder = Catwalk.process(folder, "work", orders + "/0.json");
        builder.command().add(1, "-Dcatwalk.cache=" + file);
        String said = Catwalk.finish(builder).exits(ExitCode.LOST).err();
        assertThat(said).startsWith("lost: ").contains("" + file).hasLineCount(1);
    }

    private Process start(int order, String more) throws IOException {
        return Catwalk.process(folder, Catwalk.words("work %s " + more, orders.resolve(order + ".json")))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(order + ".txt").toFile())
                .start();
    }

    @Test
    @Tag("long")
    void theFilesOfATrialOutliveAKillWhereTheyAreAskedFor() throws Exception {
        handOut("waits");
        Path wait = Files.createFile(shared.resolve("wait"));
        Path files = folder.resolve("files");
        Process process = start(0, "--files " + files);
        for (int i = 0; i < 600 && !Files.exists(files.resolve("split.json")); i++) {
            Thread.sleep(100); // there is no notification when a file was written
        }
        process.destroyForcibly().waitFor();
        assertThat(files.resolve("split.json")).exists();
        Files.delete(wait);
        Files.createFile(files.resolve("of-the-plugin.txt"));
        work(ExitCode.DONE, 0, "--files " + files);
        assertThat(files).doesNotExist();
    }

    @Test
    @Tag("long")
    void workEndsWithTheInputOrWhenNobodyRenewsTheLease() throws Exception {
        handOut("hangs --seeds 2");
        Process fed = start(0, "--lives-with input");
        Process watched = start(1, "--lives-with 1h");
        try {
            assertThat(fed.waitFor(3, TimeUnit.SECONDS)).isFalse();
            Path files = Works.folder(fed::descendants);
            assertThat(files).exists();
            fed.getOutputStream().close();
            assertThat(fed.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(fed.exitValue()).isEqualTo(ExitCode.LOST);
            assertThat(files).doesNotExist();
            assertThat(watched.isAlive()).isTrue();
            Files.setLastModifiedTime(
                    orders.resolve("1.json"), FileTime.from(Instant.now().minusSeconds(7200)));
            assertThat(watched.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(watched.exitValue()).isEqualTo(ExitCode.LOST);
            assertThat(outcome(0)).doesNotExist();
        } finally {
            fed.destroyForcibly();
            watched.destroyForcibly();
        }
    }

    @Test
    @Tag("long")
    void ordersFromTheInputAreCarriedOutOneAfterTheOtherWhateverComesOfEach() throws Exception {
        handOut("learns --seeds 2");
        Process process = Catwalk.process(folder, "work", "-", "--json")
                .redirectError(folder.resolve("err.txt").toFile())
                .start();
        try (BufferedReader out = process.inputReader();
                BufferedWriter in = process.outputWriter()) {
            assertThat(answer(in, out, orders + "/0.json\t" + folder + "/first.zip"))
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("{").contains("\"epoch\":1"),
                            line -> assertThat(line).startsWith("{").contains("\"epoch\":2"),
                            line -> assertThat(line).startsWith("ended 0 learns seed 1: done; see "));
            assertThat(answer(in, out, "nonsense"))
                    .singleElement(STRING)
                    .startsWith("ended 2 ")
                    .contains("'nonsense'");
            assertThat(answer(in, out, folder + "/gone.json\t" + folder + "/gone.zip"))
                    .singleElement(STRING)
                    .startsWith("ended 2 ");
            assertThat(answer(in, out, orders + "/1.json\t" + folder + "/second.zip"))
                    .last(STRING)
                    .startsWith("ended 0 learns seed 2: done; see ");
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue(); // it ends with its input
        assertThat(folder.resolve("first.zip")).exists();
        assertThat(folder.resolve("second.zip")).exists();
    }

    private static List<String> answer(BufferedWriter in, BufferedReader out, String line) throws IOException {
        in.write(line + "\n");
        in.flush();
        List<String> answer = new ArrayList<>();
        do {
            answer.add(Objects.requireNonNull(out.readLine()));
        } while (!answer.get(answer.size() - 1).startsWith("ended "));
        return answer;
    }

    @Test
    void whatIsAskedForWronglyIsRefusedInALine() throws IOException {
        handOut("learns");
        Path odd = Files.writeString(folder.resolve("odd.json"), "{}");
        Path mine = Files.createDirectory(folder.resolve("mine"));
        Path notes = Files.writeString(mine.resolve("notes.txt"), "");
        String order = "work " + orders + "/0.json ";

        Catwalk.ask("work %s", odd).refused("" + odd);
        compare(tiny, "learns --orders " + folder).refused("--orders", "" + folder, "try");
        Catwalk.ask(order + "--files %s", mine).refused("" + mine, "notes.txt");
        assertThat(notes).exists();
        Catwalk.ask(order + "--lives-with soon").refused("--lives-with");
        Catwalk.ask(order + "--out %s/gone/x.zip", folder).refused(folder + "/gone");
        Catwalk.ask("resume %s --orders %s --plugins-dir %s", run, folder, plugins)
                .refused("--orders");
    }
}
