package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.catwalk.runner.report.Mark.Anchor;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Mark.Rect;
import io.catwalk.runner.report.Mark.Text;
import io.catwalk.runner.report.Picture.Theme;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class PictureTest {

    @ParameterizedTest
    @CsvSource({"7, 7", "0.051, 0.05", "-0.049, -0.05", "-0.001, 0", "19.999, 20", "1234567.891, 1234567.89"})
    void numbersHaveTwoDecimalsAtMost(double value, String expected) {
        Rect rect = new Rect(value, 0, 1, 1, 0, Paint.fill("ink"));
        String svg = new Picture(10, 10, List.of(rect)).svg(Theme.LIGHT, "title", "sentence");
        assertThat(svg).contains(" x=\"" + expected + "\"");
    }

    private static final int WIDTH = 400;
    private static final int HEIGHT = 60;

    /** Java's own {@link Graphics2D#drawString} orders and joins the letters of every script. */
    @ParameterizedTest
    @ValueSource(strings = {"sneaker", "\u05e9\u05dc\u05d5\u05dd 12", "\u0642\u0645\u064a\u0635", "a \u05d0\u05d1"})
    void aNameIsReadableInEveryScript(String name) throws IOException {
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 40);
        assumeTrue(font.canDisplayUpTo(name) < 0, "this machine has a font for it");
        Text text = new Text(10, 45, name, Letters.plain(40), "ink", Anchor.START);

        byte[] png = new Picture(WIDTH, HEIGHT, List.of(text)).png(1);
        BufferedImage painted = ImageIO.read(new ByteArrayInputStream(png));

        BufferedImage drawn = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = drawn.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, WIDTH, HEIGHT);
        pen.setColor(Color.BLACK);
        pen.setFont(font);
        pen.drawString(name, 10, 45);
        pen.dispose();
        int different = 0;
        int dark = 0;
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            different += isDark(painted, i) == isDark(drawn, i) ? 0 : 1;
            dark += isDark(drawn, i) ? 1 : 0;
        }
        assertThat((double) different / dark).as("share of other pixels").isLessThan(0.25);
    }

    private static boolean isDark(BufferedImage image, int pixel) {
        return (image.getRGB(pixel % WIDTH, pixel / WIDTH) & 0xFF) < 128;
    }
}
