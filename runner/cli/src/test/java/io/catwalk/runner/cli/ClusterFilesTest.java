package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.catwalk.runner.Json;
import io.kubernetes.client.openapi.models.V1Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The files for cluster schedulers, as given in docs/how-to/train-on-many-machines.md. */
final class ClusterFilesTest {

    private static final Path FILES = Path.of("../../docs/clusters");

    @TempDir
    private Path folder;

    private static String job() throws IOException {
        return Json.YAML
                .readTree(Files.readString(FILES.resolve("kubernetes.yaml")))
                .toString();
    }

    @Test
    void theJobIsOneOfKubernetesAndKnowsTheExitCodesOfWork() throws IOException {
        V1Job.validateJsonElement(JsonParser.parseString(job()));
        JsonElement wrong = JsonParser.parseString(job().replace("backoffLimitPerIndex", "backOffLimitPerIndex"));
        assertThatThrownBy(() -> V1Job.validateJsonElement(wrong)).hasMessageContaining("backOffLimitPerIndex");

        JsonNode spec = Json.JSON.readTree(job()).path("spec");
        JsonNode codes = spec.at("/podFailurePolicy/rules/0/onExitCodes");
        assertThat(codes.path("operator").asString()).isEqualTo("In");
        assertThat(codes.path("values").valueStream().map(JsonNode::asInt))
                .containsExactly(ExitCode.SOME_FAILED, ExitCode.BAD_REQUEST);
        assertThat(spec.at("/template/spec/containers/0/args/0").asString())
                .contains("catwalk work /orders/$JOB_COMPLETION_INDEX.json");
    }

    @Test
    @EnabledOnOs(OS.LINUX) // SLURM exists only there
    void theArrayCarriesItsOrderOutAndIsQueuedAgainWhereItWasLost() throws Exception {
        Path programs = Files.createDirectories(folder.resolve("bin"));
        Path calls = folder.resolve("calls.txt");
        Catwalk.script(programs.resolve("catwalk"), "#!/bin/sh\necho catwalk \"$@\" >>" + calls + "\nexit $CODE\n");
        Catwalk.script(programs.resolve("scontrol"), "#!/bin/sh\necho scontrol \"$@\" >>" + calls + "\n");

        assertThat(array(programs, ExitCode.DONE, 0)).isEqualTo(ExitCode.DONE);
        assertThat(array(programs, ExitCode.SOME_FAILED, 0)).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(array(programs, ExitCode.LOST, 0)).isEqualTo(ExitCode.LOST);
        assertThat(array(programs, ExitCode.LOST, 2)).isEqualTo(ExitCode.LOST);

        String work = "catwalk work /shared/orders/7.json --files /shared/orders/7.files";
        assertThat(Files.readAllLines(calls)).containsExactly(work, work, work, "scontrol requeue 41_7", work);
    }

    @Test
    void theArrayOnThePageHasAJobForEachOrder() throws IOException {
        String page = Files.readString(Path.of("../../docs/how-to/train-on-many-machines.md"));
        Matcher commands = Pattern.compile("catwalk compare --all --seeds (\\d+) --orders .*\nsbatch --array=0-(\\d+) ")
                .matcher(page);
        assertThat(commands.find()).isTrue();
        long plugins;
        try (Stream<Path> folders = Files.list(Path.of("../../plugins"))) {
            plugins = folders.filter(each -> Files.isDirectory(each.resolve("src/main/java/io/catwalk/plugins")))
                    .count();
        }

        assertThat(Long.parseLong(commands.group(2)) + 1).isEqualTo(plugins * Long.parseLong(commands.group(1)));
    }

    private static int array(Path programs, int code, int restarts) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                "bash",
                FILES.resolve("slurm.sh").toString(),
                "/shared/orders",
                programs.resolve("catwalk").toString());
        builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        builder.environment().put("SLURM_ARRAY_TASK_ID", "7");
        builder.environment().put("SLURM_ARRAY_JOB_ID", "41");
        builder.environment().put("SLURM_RESTART_COUNT", Integer.toString(restarts));
        builder.environment().put("CODE", Integer.toString(code));
        return Catwalk.finish(builder).exitCode();
    }
}
