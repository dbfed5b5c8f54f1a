# Homework 01, 02, 03 and 06 in Ruby with Net::HTTP and threads.

require "net/http"

URL = URI(ENV["PAGE_URL"])
PAGES = 1..Integer(ENV["PAGES"])

$stdout.sync = true if ARGV.include?("flush")

def connect(&block) = Net::HTTP.start(URL.host, URL.port, &block)

def get_page(http, page)
  response = http.get("#{URL.request_uri}#{page}")
  price = response.body[/class="price-usd" data-value="(\d+)"/, 1]
  ["Page: #{page} Status: #{response.code}", price ? " Price: #{price}" : ""]
end

def homework01
  connect do |http|
    PAGES.each { |page| puts get_page(http, page).join }
  end
end

def homework02
  queue = Queue.new(PAGES.to_a).close
  workers = Array.new(4) do
    Thread.new do
      connect do |http|
        while (page = queue.pop)
          line, = get_page(http, page)
          puts line
        end
      end
    end
  end
  workers.each(&:join)
end

def homework03
  threads = PAGES.map { |page| Thread.new { connect { |http| get_page(http, page).join } } }
  threads.each { |thread| puts thread.value }
end

def homework06
  lines = Queue.new
  PAGES.each { |page| Thread.new { connect { |http| lines << get_page(http, page).join } } }
  PAGES.each { puts lines.pop }
end

send("homework#{ARGV[0]}")
