package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Orders that are handed out, carried out elsewhere, and collected. */
@Timeout(240)
final class WorkCommandTest {

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makePluginsAndImages() throws IOException {
        Path plugins = Files.createDirectory(shared.resolve("plugins"));
        TestPlugin.building(
                        "learns",
                        "return Layers.sequence(Layers.flatten(), Layers.dense(8), Layers.dropout(0.2),"
                                + " Layers.dense(task.classes()));")
                .write(plugins.resolve("learns.jar"));
        TestPlugin.building("fails", "throw new IllegalStateException(\"no such network\");")
                .write(plugins.resolve("fails.jar"));
        TestPlugin.building(
                        "hangs",
                        "return Layers.sequence(new ai.djl.nn.LambdaBlock(x -> { if (x.head().getShape().get(0) == 12)"
                                + " java.util.concurrent.locks.LockSupport.park(); return x; }, \"hang\"),"
                                + " Layers.flatten(), Layers.dense(task.classes()));")
                .write(plugins.resolve("hangs.jar"));
        TestPlugin.building(
                        "waits",
                        "return Layers.sequence(new ai.djl.nn.LambdaBlock(x -> { if (x.head().getShape().get(0) == 12"
                                + " && java.nio.file.Files.exists(java.nio.file.Path.of(\""
                                + shared.resolve("wait") + "\"))) java.util.concurrent.locks.LockSupport.park();"
                                + " return x; }, \"wait\"), Layers.flatten(), Layers.dense(task.classes()));")
                .write(plugins.resolve("waits.jar"));
        TinyImages.write(shared.resolve("tiny"));
    }

    private Path orders() {
        return folder.resolve("orders");
    }

    private Path run() {
        return folder.resolve("run");
    }

    private Catwalk.Answer compare(Path images, String classifier, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "compare",
                classifier,
                "--dataset",
                images.toString(),
                "--plugins-dir",
                shared.resolve("plugins").toString(),
                "--epochs",
                "2",
                "--batch-size",
                "16",
                "--threads",
                "1",
                "--no-latency"));
        arguments.addAll(List.of(more));
        return Catwalk.run(arguments.toArray(String[]::new));
    }

    private Catwalk.Answer handOut(String classifier, String... more) {
        List<String> all = new ArrayList<>(List.of("--out", run().toString(), "--orders", orders().toString()));
        all.addAll(List.of(more));
        Catwalk.Answer answer = compare(shared.resolve("tiny"), classifier, all.toArray(String[]::new));
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        return answer;
    }

    private static Catwalk.Answer work(Path order, String... more) {
        List<String> arguments = new ArrayList<>(List.of("work", order.toString()));
        arguments.addAll(List.of(more));
        return Catwalk.run(arguments.toArray(String[]::new));
    }

    private Catwalk.Answer resume(Path orders, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "resume",
                run().toString(),
                "--orders",
                orders.toString(),
                "--plugins-dir",
                shared.resolve("plugins").toString(),
                "--no-latency"));
        arguments.addAll(List.of(more));
        return Catwalk.run(arguments.toArray(String[]::new));
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
        compare(shared.resolve("tiny"), "learns", "--seeds", "3", "--out", local.toString());
        Path images = TinyImages.write(folder.resolve("tiny"));
        Catwalk.Answer handedOut =
                compare(images, "learns", "--seeds", "3", "--out", run().toString(), "--orders", orders().toString());
        assertThat(handedOut.exitCode()).as("%s", handedOut).isEqualTo(ExitCode.DONE);
        assertThat(handedOut.err())
                .contains("no outcome yet for the orders 0-2 in " + orders(), "with catwalk work " + orders());
        assertThat(Files.readString(orders().resolve("0.json")))
                .doesNotContain(folder.toString())
                .doesNotContain(shared.toString());
        Path elsewhere = Files.move(orders(), folder.resolve("elsewhere"));
        Files.move(images, folder.resolve("hidden"));

        for (int number : new int[] {2, 0}) {
            Catwalk.Answer answer = work(elsewhere.resolve(number + ".json"));
            assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
            assertThat(answer.err()).contains("learns seed " + (number + 1) + ": done; see ");
        }
        Files.move(folder.resolve("hidden"), images);
        Catwalk.Answer two = resume(elsewhere);
        assertThat(two.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(two.err()).contains("no outcome yet for the orders 1 in " + elsewhere);

        assertThat(work(elsewhere.resolve("1.json")).exitCode()).isEqualTo(ExitCode.DONE);
        Catwalk.Answer all = resume(elsewhere);
        assertThat(all.exitCode()).as("%s", all).isEqualTo(ExitCode.DONE);
        assertThat(all.err()).contains("2 trials are done already");
        assertThat(weights(run())).isEqualTo(weights(local));
        try (Stream<Path> left = Files.list(elsewhere)) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "0.json",
                            "0.outcome-1.zip",
                            "1.json",
                            "1.outcome-1.zip",
                            "2.json",
                            "2.outcome-1.zip",
                            "supplies");
        }
        // The result in the run is the same as after a training here: it can be evaluated again.
        assertThat(Catwalk.run(
                                "evaluate",
                                run().toString(),
                                "--plugins-dir",
                                shared.resolve("plugins").toString())
                        .exitCode())
                .isEqualTo(ExitCode.DONE);
    }

    @Test
    @Tag("long")
    void whatWasCarriedOutIsNotCarriedOutAgain() throws IOException {
        handOut("learns");
        work(orders().resolve("0.json"));
        FileTime before = Files.getLastModifiedTime(orders().resolve("0.outcome-1.zip"));

        Catwalk.Answer again = work(orders().resolve("0.json"));

        assertThat(again.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(again.err()).contains("learns seed 1: was carried out before");
        assertThat(Files.getLastModifiedTime(orders().resolve("0.outcome-1.zip")))
                .isEqualTo(before);
    }

    @Test
    void aTrialThatFailsSaysSoToTheClusterAndToTheRun() {
        assertThat(handOut("fails").err())
                .contains("then collect the outcomes with catwalk resume " + run() + " --orders " + orders()
                        + " --plugins-dir " + shared.resolve("plugins"));

        Catwalk.Answer answer = work(orders().resolve("0.json"));

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.err()).contains("fails seed 1: failed: ").contains("no such network");
        assertThat(work(orders().resolve("0.json")).exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        Catwalk.Answer gathered = resume(orders());
        assertThat(gathered.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(gathered.err()).contains("failed: fails: ").contains("no such network");
        Catwalk.Answer retried = resume(orders(), "--retry");
        assertThat(retried.err()).contains("no outcome yet for the orders 0 in ");
        assertThat(orders().resolve("0.json")).content().contains("\"attempt\" : 2");
    }

    /** An attempt that was lost and finishes late overwrites nothing. */
    @Test
    @Tag("long")
    void aTrialThatIsLostIsOrderedAgainAndWhatComesLateHarmsNothing() throws IOException {
        handOut("learns", "--same-machine=Z80");

        Catwalk.Answer lost = work(orders().resolve("0.json"));

        assertThat(lost.exitCode()).isEqualTo(ExitCode.LOST);
        // When a scheduler queues the job again, it is tried again.
        assertThat(work(orders().resolve("0.json")).err()).contains(": lost: ");
        assertThat(lost.err().replaceAll("\\s+", " "))
                .contains("lost: expected a processor 'Z80', as --same-machine asks");
        Path first = Files.copy(orders().resolve("0.outcome-1.zip"), folder.resolve("late.zip"));
        Catwalk.Answer gathered = resume(orders());
        assertThat(gathered.err())
                .contains("learns seed 1: was lost and is tried again: ")
                .contains("no outcome yet for the orders 0 in ");
        assertThat(orders().resolve("0.json")).content().contains("\"attempt\" : 2");
        assertThat(work(orders().resolve("0.json")).exitCode()).isEqualTo(ExitCode.DONE);
        Files.copy(first, orders().resolve("0.outcome-1.zip"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThat(resume(orders()).exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void whatWasHandedBackDamagedIsLostAndOrderedAgain() throws IOException {
        handOut("learns");
        work(orders().resolve("0.json"));
        Path delivery = orders().resolve("0.outcome-1.zip");
        try (FileSystem zip = FileSystems.newFileSystem(delivery)) {
            byte[] weights = Files.readAllBytes(zip.getPath("model/network-0000.params"));
            weights[weights.length / 2] ^= 1;
            Files.write(zip.getPath("model/network-0000.params"), weights);
        }

        Catwalk.Answer gathered = resume(orders());

        assertThat(gathered.err())
                .contains(
                        "was lost and is tried again: the returned files are damaged: model/network-0000.params has been")
                .contains("no outcome yet for the orders 0 in ");
    }

    /** No path can be made of the name of one of the files. */
    @Test
    @Tag("long")
    void whatIsNoDeliveryIsNotBelievedAndTheOthersAreGathered() throws IOException {
        handOut("learns", "--seeds", "3");
        Files.writeString(orders().resolve("0.outcome-1.zip"), "no zip");
        work(orders().resolve("1.json"));
        Tampered.put(orders().resolve("1.outcome-1.zip"), "model/\0", new byte[1]);
        work(orders().resolve("2.json"));

        Catwalk.Answer gathered = resume(orders());

        assertThat(gathered.err())
                .contains("learns seed 1: was lost and is tried again: the returned file cannot be read: ")
                .contains("learns seed 2: was lost and is tried again: the returned file cannot be read: it has a file"
                        + " that no trial writes: 'model/")
                .contains("no outcome yet for the orders 0-1 in ");
        assertThat(run().resolve("trials/learns/3-0/trial.json")).exists();
    }

    @Test
    @Tag("long")
    void linksOutOfTheFolderAreFollowedByWorkersAndByResumeWhereTheRunWasAskedTo() throws IOException {
        Path pets = folder.resolve("pets");
        for (int i = 0; i < 30; i++) {
            BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setSample(i % 8, i / 8, 0, 200);
            Path file = (i < 20 ? pets : folder.resolve("outside"))
                    .resolve(List.of("cat", "dog", "owl").get(i / 10));
            ImageIO.write(
                    image,
                    "png",
                    Files.createDirectories(file).resolve(i + ".png").toFile());
        }
        Files.createSymbolicLink(pets.resolve("owl"), folder.resolve("outside/owl"));
        Path plain = folder.resolve("plain");
        assertThat(compare(pets, "learns", "--out", plain.toString(), "--orders", plain + "-orders")
                        .err())
                .contains("passed over 1 links that lead out of the folder (--follow-links reads them)");

        Catwalk.Answer asked =
                compare(pets, "learns", "--follow-links", "--out", run().toString(), "--orders", orders().toString());
        assertThat(asked.err()).doesNotContain("passed over");
        assertThat(orders().resolve("0.json")).content().contains("\"follow_links\" : true");
        assertThat(run().resolve("experiment.yaml")).content().contains("follow_links: true");
        assertThat(work(orders().resolve("0.json")).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(resume(orders()).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run().resolve("trials/learns/1-0/classes.json")).content().contains("owl");
    }

    @Test
    void anOutcomeThatCannotBeReadIsMadeAgain() throws IOException {
        handOut("learns");
        Files.writeString(orders().resolve("0.outcome-1.zip"), "x\n");

        Catwalk.Answer answer = work(orders().resolve("0.json"));

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err())
                .contains("0.outcome-1.zip cannot be read, and the order is carried out again: ")
                .contains("learns seed 1: done; see ");
        assertThat(resume(orders()).exitCode()).isEqualTo(ExitCode.DONE);
    }

    /** A file where the folder for native libraries would be stands for a disk that is full or read-only. */
    @Test
    void whatTheMachineLacksLosesTheTrial() throws Exception {
        handOut("learns");
        Path file = Files.writeString(folder.resolve("cache"), "no folder");
        ProcessBuilder builder =
                Catwalk.process(folder, "work", orders().resolve("0.json").toString());
        builder.command().add(1, "-Dcatwalk.cache=" + file);

        Catwalk.Answer answer = Catwalk.finish(builder);

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.LOST);
        assertThat(answer.err())
                .startsWith("lost: expected a folder for native libraries that can be written under " + file)
                .hasLineCount(1);
    }

    @Test
    @Tag("long")
    void theFilesOfATrialOutliveAKillWhereTheyAreAskedFor() throws Exception {
        handOut("waits");
        Path wait = Files.createFile(shared.resolve("wait"));
        Path files = folder.resolve("files");
        Process process = Catwalk.process(
                        folder, "work", orders().resolve("0.json").toString(), "--files", files.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("killed.txt").toFile())
                .start();
        try {
            for (int i = 0; i < 600 && !Files.exists(files.resolve("split.json")); i++) {
                Thread.sleep(100); // there is no notification when a file was written
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(files.resolve("split.json")).exists();
        Files.delete(wait);
        Files.createFile(files.resolve("of-the-plugin.txt"));

        assertThat(work(orders().resolve("0.json"), "--files", files.toString()).exitCode())
                .isEqualTo(ExitCode.DONE);
        assertThat(files).doesNotExist();
    }

    @Test
    void theFilesOfALostTrialStayForItsNextAttemptAndForNoOtherTrial() throws IOException {
        handOut("learns", "--same-machine=Z80", "--seeds", "2");
        Path files = folder.resolve("files");

        assertThat(work(orders().resolve("0.json"), "--files", files.toString()).exitCode())
                .isEqualTo(ExitCode.LOST);
        String order = Files.readString(files.resolve("order.json"));

        assertRefused(
                work(orders().resolve("1.json"), "--files", files.toString()),
                "catwalk: expected for --files a new folder, or that of an earlier attempt of this trial, ",
                "has order.json of another trial: nothing was changed");
        assertThat(files.resolve("order.json")).hasContent(order);
    }

    @Test
    @Tag("long")
    void workEndsWithTheInputOrWhenNobodyRenewsTheLease() throws Exception {
        handOut("hangs", "--seeds", "2");
        Process fed = Catwalk.process(folder, "work", orders().resolve("0.json").toString(), "--lives-with", "input")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("fed.txt").toFile())
                .start();
        Path leased = orders().resolve("1.json");
        Process watched = Catwalk.process(folder, "work", leased.toString(), "--lives-with", "1h")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("watched.txt").toFile())
                .start();
        try {
            assertThat(fed.waitFor(3, TimeUnit.SECONDS)).isFalse();
            Path files = Works.folder(fed::descendants);
            assertThat(files).exists();
            fed.getOutputStream().close();
            assertThat(fed.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(fed.exitValue()).isEqualTo(ExitCode.LOST);
            assertThat(files).doesNotExist();
            assertThat(watched.isAlive()).isTrue();
            Files.setLastModifiedTime(leased, FileTime.from(Instant.now().minusSeconds(7200)));
            assertThat(watched.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(watched.exitValue()).isEqualTo(ExitCode.LOST);
            assertThat(orders().resolve("0.outcome-1.zip")).doesNotExist();
        } finally {
            fed.destroyForcibly();
            watched.destroyForcibly();
        }
    }

    @Test
    void ordersFromTheInputAreCarriedOutOneAfterTheOtherWhateverComesOfEach() throws Exception {
        handOut("learns", "--seeds", "2");
        Process process = Catwalk.process(folder, "work", "-", "--json")
                .redirectError(folder.resolve("err.txt").toFile())
                .start();
        try (BufferedReader out = process.inputReader();
                BufferedWriter in = process.outputWriter()) {
            assertThat(answer(in, out, orders().resolve("0.json") + "\t" + folder.resolve("first.zip")))
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("{").contains("\"epoch\":1"),
                            line -> assertThat(line).startsWith("{").contains("\"epoch\":2"),
                            line -> assertThat(line).startsWith("ended 0 learns seed 1: done; see "));
            assertThat(answer(in, out, "nonsense"))
                    .containsExactly("ended 2 expected ORDER, a tab and FILE.zip in a line, but found 'nonsense'");
            assertThat(answer(in, out, folder.resolve("gone.json") + "\t" + folder.resolve("gone.zip")))
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .startsWith("ended 2 expected the order of a trial in ");
            assertThat(answer(in, out, orders().resolve("1.json") + "\t" + folder.resolve("second.zip")))
                    .last(InstanceOfAssertFactories.STRING)
                    .startsWith("ended 0 learns seed 2: done; see ");
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("it ends with its input")
                .isTrue();
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
        Path images = shared.resolve("tiny");
        assertRefused(
                work(folder.resolve("gone.json")), "expected the order of a trial in ", "but there is no such file");
        Path odd = Files.writeString(folder.resolve("odd.json"), "{}");
        assertRefused(work(odd), "expected the order of a trial");
        assertRefused(
                Catwalk.run("work", "-", "--lives-with", "input"),
                "expected no --out, --files or --lives-with beside -: ");
        assertRefused(
                Catwalk.run("work", "https://localhost/0.json"),
                "--out must name a file for the outcome, because nothing can be written beside https://localhost/0.json");
        assertRefused(
                compare(images, "learns", "--orders", folder.toString()),
                "--orders must name a new or an empty folder, but " + folder
                        + " is not empty: to continue its run, try");
        assertRefused(
                compare(images, "learns", "--orders", orders().toString(), "--in-process"),
                "--orders trains nothing here: leave --in-process out");
        assertRefused(compare(images, "learns", "--images-in-place"), "--images-in-place is for --orders");
        handOut("learns");
        Path notes =
                Files.writeString(Files.createDirectory(folder.resolve("mine")).resolve("notes.txt"), "");
        assertRefused(
                work(
                        orders().resolve("0.json"),
                        "--files",
                        folder.resolve("mine").toString()),
                "because its content is deleted, but " + folder.resolve("mine")
                        + " has notes.txt: nothing was changed");
        assertThat(notes).exists();
        assertRefused(work(orders().resolve("0.json"), "--lives-with", "soon"), "--lives-with must be ");
        assertRefused(
                work(
                        orders().resolve("0.json"),
                        "--out",
                        folder.resolve("gone/x.zip").toString()),
                "expected a writable folder for the outcome of the order, but ");
        assertRefused(resume(folder), "--orders must name the folder of orders that the run was started with");
    }

    private static void assertRefused(Catwalk.Answer answer, String... words) {
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).contains(words);
        assertThat(answer.err().strip()).doesNotContain("\n");
    }
}
