package io.catwalk.runner.training;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Tag("tiny")
final class AcceleratorsTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Accelerators STANDARD = new Accelerators(false, List.of());
    private static final Accelerators NO_CARD = new Accelerators(true, List.of());
    private static final Accelerators CARD = new Accelerators(true, List.of("NVIDIA T4", "NVIDIA L4"));

    @Test
    void autoTakesCudaWhereItCanBeUsed() {
        assertThat(STANDARD.choose("auto")).isEqualTo(ComputeDevice.CPU);
        assertThat(NO_CARD.choose("auto")).isEqualTo(ComputeDevice.CPU);
        assertThat(CARD.choose("auto")).isEqualTo(ComputeDevice.CUDA);
        assertThat(CARD.choose("cpu")).isEqualTo(ComputeDevice.CPU);
        assertThat(CARD.choose("cuda")).isEqualTo(ComputeDevice.CUDA);
    }

    @Test
    void whatCannotBeUsedIsRefusedWithWhatIsMissing() {
        refused(() -> STANDARD.choose("cuda"), "CUDA build of PyTorch", "PYTORCH_LIBRARY_PATH");
        refused(() -> NO_CARD.choose("cuda"), "nvidia-smi shows none");
        refused(() -> CARD.choose("gpu"), "--device", "auto, cpu or cuda", "'gpu'");
    }

    @Test
    void aPyTorchForCudaIsNamedByTheEnvironment() {
        assertThat(Accelerators.isCuda(Map.of())).isFalse();
        assertThat(Accelerators.isCuda(Map.of("PYTORCH_FLAVOR", "cu128"))).isFalse();
        String path = "PYTORCH_LIBRARY_PATH";
        assertThat(Accelerators.isCuda(Map.of(path, "/libtorch"))).isFalse();
        assertThat(Accelerators.isCuda(Map.of(path, "/libtorch", "PYTORCH_FLAVOR", "cpu")))
                .isFalse();
        assertThat(Accelerators.isCuda(Map.of(path, "/libtorch", "PYTORCH_FLAVOR", "cu128")))
                .isTrue();
    }

    @Test
    void aTrialOnACardIsToldItsNameAndOneOnTheProcessorNone() {
        assertThat(CARD.card(ComputeDevice.CUDA)).isEqualTo("NVIDIA T4");
        assertThat(CARD.card(ComputeDevice.CPU)).isNull();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it takes the place of nvidia-smi by programs of Unix")
    void cardsAreTheLinesOfTheDriversProgram() {
        assertThat(Accelerators.cards(List.of("printf", "NVIDIA T4\n NVIDIA L4 \n\n"), LONG))
                .containsExactly("NVIDIA T4", "NVIDIA L4");
        assertThat(Accelerators.cards(List.of("sh", "-c", "echo no devices were found; exit 9"), LONG))
                .isEmpty();
        assertThat(Accelerators.cards(List.of("no-such-program"), LONG)).isEmpty();
        assertThat(Accelerators.cards(List.of("sh", "-c", "echo NVIDIA T4; exec sleep 60"), Duration.ofMillis(300)))
                .isEmpty();
    }
}
