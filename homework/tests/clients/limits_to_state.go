// Homework 10 to 13 in Go with net/http and goroutines.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"sync"
	"time"
)

var (
	prefix = os.Getenv("PAGE_URL")
	link   = regexp.MustCompile(`class="car-link" href="([^"]+)"`)
	price  = regexp.MustCompile(`class="price-usd" data-value="(\d+)"`)
)

// answer is what came of a request.
type answer struct {
	status     int
	retryAfter time.Duration
	html       []byte
}

func get(ctx context.Context, address string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return answer{}, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	html, err := io.ReadAll(response.Body)
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return answer{response.StatusCode, time.Duration(seconds) * time.Second, html}, err
}

func getPage(ctx context.Context, page int) (answer, error) {
	return get(ctx, prefix+strconv.Itoa(page))
}

// getPrice returns the price on the details page of a page's first car.
func getPrice(html []byte) int {
	base, _ := url.Parse(prefix)
	path, _ := url.Parse(string(link.FindSubmatch(html)[1]))
	details, err := get(context.Background(), base.ResolveReference(path).String())
	if err != nil {
		log.Fatal(err)
	}
	value, _ := strconv.Atoi(string(price.FindSubmatch(details.html)[1]))
	return value
}

// workers starts so many goroutines that take pages out of a channel, and returns what waits for their end.
func workers(count, pages int, work func(page int)) *sync.WaitGroup {
	numbers := make(chan int, pages)
	for page := 1; page <= pages; page++ {
		numbers <- page
	}
	close(numbers)
	var all sync.WaitGroup
	for worker := 0; worker < count; worker++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for page := range numbers {
				work(page)
			}
		}()
	}
	return &all
}

func homework10(pages int) {
	type read struct {
		page int
		answer
	}
	queue := make(chan read, 2)
	all := workers(4, pages, func(page int) {
		got, err := getPage(context.Background(), page)
		if err != nil {
			log.Fatal(err)
		}
		queue <- read{page, got}
	})
	go func() {
		all.Wait()
		close(queue)
	}()
	for got := range queue {
		fmt.Printf("Page: %d Status: %d Price: %d\n", got.page, got.status, getPrice(got.html))
	}
}

func homework11(pages int) {
	// Each attempt on a connection of its own: on one that was used before, net/http would try again by itself.
	http.DefaultTransport.(*http.Transport).DisableKeepAlives = true
	fate := func(page int) string {
		timeouts := 0
		for attempt := 1; ; attempt++ {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			got, err := getPage(ctx, page)
			cancel()
			switch {
			case errors.Is(err, context.DeadlineExceeded):
				timeouts++
				if timeouts == 2 {
					return "Error: timeout"
				}
			case err != nil && attempt == 3:
				return "Error: the connection broke off"
			case err == nil && (got.status != http.StatusServiceUnavailable || attempt == 3):
				return fmt.Sprintf("Status: %d", got.status)
			case err == nil:
				time.Sleep(got.retryAfter)
			}
		}
	}
	type line struct {
		page int
		text string
	}
	lines := make(chan line)
	for page := 1; page <= pages; page++ {
		go func(page int) { lines <- line{page, fate(page)} }(page)
	}
	status := 0
	for left := pages; left > 0; left-- {
		said := <-lines
		if said.text[0] == 'E' {
			status = 1
		}
		fmt.Printf("Page: %d %s\n", said.page, said.text)
	}
	os.Exit(status)
}

func homework12(pages int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var lock sync.Mutex
	done := 0
	all := workers(3, pages, func(page int) {
		if ctx.Err() != nil {
			return
		}
		got, err := getPage(ctx, page)
		if err != nil {
			return
		}
		lock.Lock()
		defer lock.Unlock()
		fmt.Printf("Page: %d Status: %d\n", page, got.status)
		done++
	})
	all.Wait()
	if ctx.Err() != nil {
		fmt.Printf("Interrupted: %d of %d\n", done, pages)
		os.Exit(130)
	}
}

func homework13(pages int) {
	var lock sync.Mutex
	sum, count, least, greatest := 0, 0, 0, 0
	all := workers(pages, pages, func(page int) {
		got, err := getPage(context.Background(), page)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("Page: %d Status: %d\n", page, got.status)
		value := getPrice(got.html)
		lock.Lock()
		defer lock.Unlock()
		if count == 0 || value < least {
			least = value
		}
		if value > greatest {
			greatest = value
		}
		sum, count = sum+value, count+1
		fmt.Printf("Sum: %d of %d\n", sum, count)
	})
	all.Wait()
	fmt.Printf("Total: %d Min: %d Max: %d\n", sum, least, greatest)
}

func main() {
	pages, err := strconv.Atoi(os.Getenv("PAGES"))
	if err != nil {
		log.Fatal(err)
	}
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 100
	switch os.Args[1] {
	case "10":
		homework10(pages)
	case "11":
		homework11(pages)
	case "12":
		homework12(pages)
	case "13":
		homework13(pages)
	default:
		log.Fatal("no such homework: ", os.Args[1])
	}
}
