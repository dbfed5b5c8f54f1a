# Homework 01, 02, 03 and 06 in Perl with HTTP::Tiny, fork and pipes.

use strict;
use warnings;
use HTTP::Tiny;

my $pages = $ENV{PAGES};
my $http = HTTP::Tiny->new;

$| = 1 if grep { $_ eq 'flush' } @ARGV;

sub get_page {
    my ($page) = @_;
    my $response = $http->get("$ENV{PAGE_URL}$page");
    # HTTP::Tiny's own errors.
    die $response->{content} if $response->{status} == 599;
    my ($price) = $response->{content} =~ /class="price-usd" data-value="(\d+)"/;
    return ("Page: $page Status: $response->{status}", defined $price ? " Price: $price" : "");
}

# Runs some code in a process of its own.
sub spawn {
    my ($work) = @_;
    defined(my $child = fork) or die "fork: $!";
    return if $child;
    $work->();
    exit;
}

sub homework01 {
    for my $page (1 .. $pages) {
        my ($line, $price) = get_page($page);
        print "$line$price\n";
    }
}

# Four processes share a pipe that has the pages' numbers, four bytes each.
sub homework02 {
    pipe(my $reader, my $writer) or die "pipe: $!";
    syswrite($writer, pack('N*', 1 .. $pages)) or die "pipe: $!";
    close $writer;
    for (1 .. 4) {
        spawn(sub {
            while (sysread($reader, my $page, 4)) {
                my ($line) = get_page(unpack 'N', $page);
                print "$line\n";
            }
        });
    }
    1 while wait > 0;
}

# A process for each page, and a pipe for each line.
sub homework03 {
    my @readers;
    for my $page (1 .. $pages) {
        pipe(my $reader, my $writer) or die "pipe: $!";
        spawn(sub { print {$writer} join('', get_page($page)), "\n" });
        push @readers, $reader;
    }
    for my $reader (@readers) {
        print scalar <$reader>;
    }
    1 while wait > 0;
}

# A process for each page, and a pipe for all lines.
sub homework06 {
    pipe(my $reader, my $writer) or die "pipe: $!";
    for my $page (1 .. $pages) {
        spawn(sub { print {$writer} join('', get_page($page)), "\n" });
    }
    close $writer;
    while (my $line = <$reader>) {
        print $line;
    }
    1 while wait > 0;
}

my %homework = ('01' => \&homework01, '02' => \&homework02, '03' => \&homework03, '06' => \&homework06);
$homework{$ARGV[0]}->();
