// Homework 01, 02, 03 and 06 in Java with java.net.http.HttpClient.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.ArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

public class Pages {
    static final String URL = System.getenv("PAGE_URL");
    static final int PAGES = Integer.parseInt(System.getenv("PAGES"));
    static final Pattern PRICE = Pattern.compile("class=\"price-usd\" data-value=\"(\\d+)\"");

    static final HttpClient client = HttpClient.newHttpClient();

    static HttpRequest request(int page) {
        return HttpRequest.newBuilder(URI.create(URL + page)).build();
    }

    static String line(int page, HttpResponse<String> response) {
        return "Page: " + page + " Status: " + response.statusCode();
    }

    static String lineWithPrice(int page, HttpResponse<String> response) {
        Matcher price = PRICE.matcher(response.body());
        return line(page, response) + (price.find() ? " Price: " + price.group(1) : "");
    }

    static void homework01() throws Exception {
        for (int page = 1; page <= PAGES; page++) {
            System.out.println(lineWithPrice(page, client.send(request(page), BodyHandlers.ofString())));
        }
    }

    static void homework02() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(4);
        List<Future<?>> tasks = new ArrayList<>();
        for (int number = 1; number <= PAGES; number++) {
            int page = number;
            tasks.add(workers.submit(() -> {
                System.out.println(line(page, client.send(request(page), BodyHandlers.ofString())));
                return null;
            }));
        }
        for (Future<?> task : tasks) {
            task.get();
        }
        workers.shutdown();
    }

    static void homework03() {
        List<CompletableFuture<String>> lines = IntStream.rangeClosed(1, PAGES)
            .mapToObj(page -> client.sendAsync(request(page), BodyHandlers.ofString())
                .thenApply(response -> lineWithPrice(page, response)))
            .toList();
        for (CompletableFuture<String> line : lines) {
            System.out.println(line.join());
        }
    }

    static void homework06() {
        CompletableFuture<?>[] printed = IntStream.rangeClosed(1, PAGES)
            .mapToObj(page -> client.sendAsync(request(page), BodyHandlers.ofString())
                .thenAccept(response -> System.out.println(lineWithPrice(page, response))))
            .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(printed).join();
    }

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "01" -> homework01();
            case "02" -> homework02();
            case "03" -> homework03();
            case "06" -> homework06();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }
}
