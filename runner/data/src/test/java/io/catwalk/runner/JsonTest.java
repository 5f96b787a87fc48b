package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.catwalk.api.Balance;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class JsonTest {

    private record Outer(
            String name,
            Inner inner,
            List<Integer> numbers,
            List<Integer> none,
            @Nullable String missing,
            double nan) {}

    private record Inner(long largeNumber, double share, boolean right) {}

    @Test
    void aFlatValueHasAPathForEveryLeaf() {
        Outer value = new Outer("x, \"y\"", new Inner(1L << 40, 0.1, true), List.of(1, 2), List.of(), null, Double.NaN);
        assertThat(Json.flat(value).toString())
                .isEqualTo("{name=x, \"y\", inner.large_number=1099511627776, inner.share=0.1, inner.right=true,"
                        + " numbers=[1,2], none=, missing=, nan=}");
    }

    private enum Way {
        SIGNED_RANK,
        @JsonProperty("no-form")
        NO_FORM
    }

    @Test
    void constantsAreInSnakeCaseUnlessTheyHaveNamesOfTheirOwn() {
        assertThat(Json.LINE.writeValueAsString(List.of(Way.SIGNED_RANK, Way.NO_FORM, Balance.CLASS_WEIGHTS)))
                .isEqualTo("[\"signed_rank\",\"no-form\",\"class-weights\"]");
        assertThat(Json.YAML.readValue("signed_rank", Way.class)).isEqualTo(Way.SIGNED_RANK);
        assertThat(Json.YAML.readValue("no-form", Way.class)).isEqualTo(Way.NO_FORM);
    }

    /** A search with thousands of candidates writes such a file; by itself, the parser of YAML reads only 3 MiB. */
    @Test
    void yamlOfMoreThanThreeMebibytesIsRead() {
        String text = "names:\n" + ("- " + "x".repeat(1 << 10) + "\n").repeat(4 << 10) + "last: 1\n";
        assertThat(Json.YAML.readTree(text).path("last").asInt()).isEqualTo(1);
    }
}
