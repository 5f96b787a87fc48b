package io.catwalk.runner.report.plots;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import io.catwalk.runner.AtomicFiles;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import javax.imageio.ImageIO;

/**
 * Holds a chart that is ready to be painted, on paper of any kind.
 *
 * @param name of its files, without the ending
 * @param width in pixels
 * @param height in pixels
 * @param painter paints it
 */
record Figure(String name, int width, int height, Consumer<Graphics2D> painter) {

    /** Pixels of the PNG for one of the figure, so that it is sharp on slides. */
    private static final int SCALE = 2;

    List<Path> write(Path folder) throws IOException {
        Path svg = folder.resolve(name + ".svg");
        Path png = folder.resolve(name + ".png");
        AtomicFiles.write(svg, svg());
        AtomicFiles.write(png, png());
        return List.of(svg, png);
    }

    String svg() throws IOException {
        VectorGraphics2D graphics = new VectorGraphics2D();
        paint(graphics);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Processors.get("svg")
                .getDocument(graphics.getCommands(), new PageSize(width, height))
                .writeTo(bytes);
        return portable(bytes.toString(StandardCharsets.UTF_8));
    }

    /** Names fonts that others have too, and the size that the library takes for granted, though SVG has another. */
    private static String portable(String svg) {
        return svg.replaceAll("font-family:&quot;[^&;]*&quot;", "font-family:Helvetica,Arial,sans-serif")
                .replaceFirst("<svg ", "<svg font-size=\"12px\" ");
    }

    byte[] png() throws IOException {
        BufferedImage image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.scale(SCALE, SCALE);
        paint(graphics);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private void paint(Graphics2D graphics) {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        painter.accept(graphics);
    }
}
