package io.catwalk.runner.given;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables as users of scikit-learn, pandas and spreadsheets write them; {@code ~} stands for a line break. */
@Tag("tiny")
class PredictionTableTest {

    @TempDir
    Path folder;

    /** Three images of the classes cat, dog and owl. */
    private static ImageDataset pets(String... files) {
        ImageSource all = HeapImages.of(1, 1, 1, new byte[3], new int[] {0, 1, 2});
        ImageSource images = files.length == 0 ? all : HeapImages.named(all, List.of(files));
        return new ImageDataset("pets", "0".repeat(64), List.of("cat", "dog", "owl"), images, images);
    }

    private static ImageDataset files() {
        return pets("test/cat/1.jpg", "test/dog/1.jpg", "test/owl/3 a.jpg");
    }

    private GivenAnswers answers(ImageDataset dataset, String text, @Nullable String labels) throws IOException {
        Path file = Files.writeString(folder.resolve("table.csv"), text.replace('~', '\n'));
        GivenSource source =
                new GivenSource(file.toString(), TypedNormalization.parse("imagenet"), null, null, labels, null, null);
        GivenModel model = GivenModel.of(source, dataset, null);
        return GivenAnswers.of(model, file, dataset, null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "image,predicted~0,cat~1,owl~2,owl",
                "image,label~2,owl~0,cat~1,owl~",
                "\ufeffimage;prediction~0;cat~1;owl~2;owl",
                ",y_pred~0,cat~1,owl~2,owl",
                "index\tpred\r~0\tcat\r~1\towl\r~2\towl\r~",
                "image,label,predicted~0,cat,cat~1,dog,owl~2,owl,owl",
                "image,label1,probability1,label2,probability2~0,cat,.5,owl,.3~1,owl,.9,dog,.1~2,owl,.5,cat,.4",
                "id,\"predicted\",note~\"0\",\"cat\",\"a,b~c\"~1,owl,~2,owl,~3,wolf,~7,cat,",
            })
    void classesAloneHaveNoScores(String text) throws IOException {
        GivenAnswers answers = answers(pets(), text, null);
        assertThat(answers.predicted().predicted()).containsExactly(0, 2, 2);
        assertThat(answers.scores()).isNull();
        assertThat(answers.report().probabilities()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file,predicted~test/cat/1.jpg,cat~test/dog/1.jpg,owl~test/owl/3 a.jpg,owl",
                "path,predicted~/home/ann/pets/test/cat/1.jpg,cat~pets/test/dog/1.jpg,owl~./test/owl/3 a.jpg,owl",
                "Image,Predicted~test\\cat\\1.jpg,cat~test\\dog\\1.jpg,owl~test\\owl\\3 a.jpg,owl",
                "image,predicted~train/cat/1.jpg,dog~test/cat/1.jpg,cat~test/dog/1.jpg,owl~test/owl/3 a.jpg,owl",
                "image,predicted~0,cat~1,owl~2,owl",
                "index,file,predicted~9,test/cat/1.jpg,cat~8,test/dog/1.jpg,owl~7,test/owl/3 a.jpg,owl"
            })
    void imagesAreNamedByTheirPathsOrNumbers(String text) throws IOException {
        assertThat(answers(files(), text, null).predicted().predicted()).containsExactly(0, 2, 2);
    }

    /**
     * {@code catwalk predict --csv} puts an apostrophe before what a spreadsheet would take for a formula; a class whose
     * name begins with one has it in every table.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "image,predicted~'@a/1.jpg,'@x~'=b/1.jpg,'+z~'-c/1.jpg,'+z",
                "image,predicted~@a/1.jpg,@x~=b/1.jpg,'+z~-c/1.jpg,'+z",
                "image,'@x,-y,'+z~'@a/1.jpg,5,1,2~'=b/1.jpg,0,1,3~'-c/1.jpg,0,-1,3",
                "image,label1,probability1,label2,probability2,label3,probability3~'@a/1.jpg,'@x,.5,'-y,.3,'+z,.2"
                        + "~'=b/1.jpg,'+z,.5,'-y,.3,'@x,.2~'-c/1.jpg,'+z,.5,'-y,.3,'@x,.2",
            })
    void namesThatLookLikeFormulasAreFoundWithTheirApostrophe(String text) throws IOException {
        ImageSource images = pets("@a/1.jpg", "=b/1.jpg", "-c/1.jpg").test();
        ImageDataset odd = new ImageDataset("odd", "0".repeat(64), List.of("@x", "-y", "'+z"), images, images);

        assertThat(answers(odd, text, null).predicted().predicted()).containsExactly(0, 2, 2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        index       | image,predicted~0,0~1,2~2,2
        index       | image,predicted~0,0.0~1,2.0~2,2.0
        dog,owl,cat | image,predicted~0,2~1,1~2,1
        index       | image,0,1,2~0,5,4,3~1,1,2,3~2,0,0,1
        dog,owl,cat | image,0,1,2~0,4,3,5~1,2,3,1~2,0,1,0
        """)
    void numbersCountClassesAsStated(String labels, String text) throws IOException {
        assertThat(answers(pets(), text, labels).predicted().predicted()).containsExactly(0, 2, 2);
    }

    /** Classes that are called 1, 2 and 3 in places 0, 1 and 2. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        index | image,0,1,2~0,5,4,3~1,1,2,3~2,0,0,1
        1,2,3 | image,0,1,2~0,5,4,3~1,1,2,3~2,0,0,1
        1,2,3 | image,1,2,3~0,5,4,3~1,1,2,3~2,0,0,1
              | image,1,2,3~0,5,4,3~1,1,2,3~2,0,0,1
        """)
    void numbersThatNameClassesAreNotTheirPlaces(@Nullable String labels, String text) throws IOException {
        ImageSource images = pets().test();
        ImageDataset grades = new ImageDataset("grades", "0".repeat(64), List.of("1", "2", "3"), images, images);

        assertThat(answers(grades, text, labels).predicted().predicted()).containsExactly(0, 2, 2);
    }

    @Test
    void scoresAreTakenByTheNamesOfTheirColumns() throws IOException {
        GivenAnswers answers = answers(pets(), "dog,note,owl,image,cat~-1.5,x,2,0,3~0,,4,1,1~1,y,5,2,1", null);
        assertThat(Objects.requireNonNull(answers.scores()).logits()).containsExactly(3, -1.5f, 2, 1, 0, 4, 1, 1, 5);
        assertThat(answers.predicted().predicted()).containsExactly(0, 2, 2);
        assertThat(answers.report().probabilities()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "image,cat,dog,owl~0,0.5,0.25,0.25~1,0,0.125,0.875~2,0.25,0.25,0.5",
                "image;cat;dog;owl~0;0,5;0,25;0,25~1;0;0,125;0,875~2;0,25;0,25;5e-1",
                // as catwalk predict --csv prints it, of a network with a fourth class
                "image,label1,probability1,label2,probability2,label3,probability3,label4,probability4"
                        + "~a/2,owl,0.5,dog,0.25,emu,0.0,cat,0.25~a/1,owl,0.875,dog,0.125,cat,0.0,emu,0.0"
                        + "~a/0,cat,0.5,dog,0.25,emu,0.0,owl,0.25",
                // a fourth class takes the rest
                "image,cat,dog,owl,emu~0,0.5,0.25,0.25,0~1,0,0.125,0.875,0~2,0.25,0.25,0.5,0.3"
            })
    void probabilitiesBecomeLogarithms(String text) throws IOException {
        GivenAnswers answers = answers(pets(), text, null);
        assertThat(answers.report().probabilities()).isTrue();
        float half = -0.6931472f;
        assertThat(Objects.requireNonNull(answers.scores()).logits())
                .containsExactly(
                        new float[] {
                            half,
                            2 * half,
                            2 * half,
                            -149 * 0.6931472f,
                            3 * half,
                            -0.13353139f,
                            2 * half,
                            2 * half,
                            half
                        },
                        within(1e-5f));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        image,predicted^0,cat^1,owl                     | 3 test images; none of 1, such as 2
        image,predicted^0,cat^1,owl^2,owl^1,dog         | each image once; 1 again; line 5
        image,predicted^0,cat^1,wolf^2,owl              | cat, dog, owl; 'wolf' in line 3
        image,predicted^0,0^1,1^2,2                     | '0' in line 2; index
        image,cat,dog^0,1,2^1,1,2^2,1,2                 | a column for each class; owl; image, cat, dog
        image,cat,dog,owl,cat^0,1,2,3,4                 | one column for the class 'cat'
        image,cat,dog,owl^0,1,2,x^1,1,2,3^2,1,2,3       | a number; 'x' in line 2
        image,cat,dog,owl^0,1,2,^1,1,2,3^2,1,2,3        | a number; line 2
        image,cat,dog,owl^0,1,2,nan^1,1,2,3^2,1,2,3     | a number; 'nan' in line 2
        image,cat,dog,owl^0,1,2,NaN^1,1,2,3^2,1,2,3     | a finite number; 'NaN' in line 2
        image,cat,dog,owl^0,1,2^1,1,2,3^2,1,2,3         | 4 values in line 2; found 3
        cat,dog,owl^1,2,3^1,2,3^1,2,3                   | a column image; cat, dog, owl
        image,score^0,1^1,1^2,2                         | or a column predicted; image, score
        image,label,logit_0,logit_1,logit_2^0,0,1,2,3   | predictions of a trial; name the trial
        image,label1,probability1^0,cat,0.5^1,wolf,0.9^2,cat,1 | cat, dog, owl; 'wolf' in line 3
        image,label1,probability1,label2,probability2,label3,probability3^0,cat,1,emu,0,dog,0 | 'owl'; line 2; --top
        image,predicted^0,"cat^1,owl^2,owl              | malformed text
        """)
    void whatIsWrongIsSaid(String text, String facts) {
        refused(() -> answers(pets(), text.replace('^', '~'), null), facts.split("; ", -1));
    }

    @Test
    void anEmptyFileAndAnotherEncodingAreRefused() throws IOException {
        refused(() -> answers(pets(), "", null), "CSV in UTF-8", "no text");
        Path file = folder.resolve("table.csv");
        GivenSource source = new GivenSource(file.toString(), null, null, null, null, null, null);
        for (byte[] bytes : List.of(
                "image,predicted\n0,K\u00e4tzchen".getBytes(StandardCharsets.ISO_8859_1),
                "image,predicted\n0,cat".getBytes(StandardCharsets.UTF_16LE))) {
            Files.write(file, bytes);
            GivenModel model = GivenModel.of(source, pets(), null);
            refused(() -> GivenAnswers.of(model, file, pets(), null), "CSV in UTF-8");
            assertThatThrownBy(() -> GivenAnswers.of(model, file, pets(), null))
                    .message()
                    .endsWith("another encoding; save it as UTF-8");
        }
    }
}
